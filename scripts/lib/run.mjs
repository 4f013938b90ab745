// Runs other programs: to the screen, for their output, or both; none of them outlives this process.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/** A program that failed or is missing; the message is fit for the screen. */
export class CommandError extends Error {
  name = 'CommandError';
}

// Every program leads a process group of its own, so that what it starts in turn can be ended with it.
const running = new Set();
let waitsForPrograms = false;

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

process.on('exit', () => {
  for (const pid of running) endGroup(pid, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const pid of running) endGroup(pid, signal);
    if (!waitsForPrograms) setTimeout(() => process.exit(exitCode(null, signal)), running.size ? 1500 : 0);
  });
}

const exitCode = (code, signal) => code ?? 128 + constants.signals[signal];

function start([program, ...args], env, stdio) {
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio,
    detached: true,
  });
  if (child.pid) running.add(child.pid);
  child.on('exit', () => {
    endGroup(child.pid, 'SIGKILL');
    running.delete(child.pid);
  });
  return child;
}

/**
 * Runs `command` in the checkout's root and waits for it. With `echo` the output goes to the screen as well.
 * The code is 127 when the program is missing and 124 when it took longer than `seconds`.
 */
export function run(command, { env = {}, echo = false, seconds } = {}) {
  return new Promise((resolve) => {
    const result = { code: 0, stdout: '', stderr: '' };
    const child = start(command, env, ['ignore', 'pipe', 'pipe']);
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        result[name] += text;
        if (echo) process[name].write(text);
      });
    }
    const timer =
      seconds &&
      setTimeout(() => {
        result.code = 124;
        endGroup(child.pid, 'SIGTERM');
        setTimeout(() => endGroup(child.pid, 'SIGKILL'), 3000).unref();
      }, seconds * 1000);
    child.on('error', () => {
      clearTimeout(timer);
      resolve({ ...result, code: 127 });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ ...result, code: result.code || exitCode(code, signal) });
    });
  });
}

/** What `command` prints, trimmed, or undefined if it fails. */
export async function ask(command, options) {
  const { code, stdout } = await run(command, options);
  return code === 0 ? stdout.trim() : undefined;
}

/** Runs `command` on the screen and throws a `CommandError` if it fails. */
export async function must(command, options) {
  const { code } = await run(command, { echo: true, ...options });
  if (code === 0) return;
  const reason = { 124: 'it took too long', 127: 'it is not installed' }[code] ?? `exit code ${code}`;
  throw new CommandError(`\`${command.join(' ')}\` failed: ${reason}.`);
}

/** Gives the screen to `command` until it ends; signals are passed on to it. Returns its exit code. */
export function handOver(command, { env = {} } = {}) {
  waitsForPrograms = true;
  return new Promise((resolve, reject) => {
    const child = start(command, env, 'inherit');
    child.on('error', (error) => reject(new CommandError(error.message)));
    child.on('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}
