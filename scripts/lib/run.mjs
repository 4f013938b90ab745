// Runs other programs, prints or returns their output, and ends them when this process ends.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/** An error that is printed without a stack, for example if a program failed or is missing. */
export class CommandError extends Error {
  name = 'CommandError';
}

// Each program has its own process group, so that the processes that it starts are ended with it.
const running = new Set();
let waitsForPrograms = false;

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has already ended.
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
 * Runs `command` in the root of the checkout and waits for it. With `echo`, the output is also printed. The code is 127 if the
 * program is missing, and 124 if it took longer than `seconds`.
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

/** Returns the trimmed output of `command`, or undefined if it fails. */
export async function ask(command, options) {
  const { code, stdout } = await run(command, options);
  return code === 0 ? stdout.trim() : undefined;
}

/** Runs `command`, prints its output, and throws a `CommandError` if it fails. */
export async function must(command, options) {
  const { code } = await run(command, { echo: true, ...options });
  if (code === 0) return;
  const reason = { 124: 'it took too long', 127: 'it is not installed' }[code] ?? `exit code ${code}`;
  throw new CommandError(`\`${command.join(' ')}\` failed: ${reason}.`);
}

/** Runs `command` with the terminal of this process, forwards signals to it, and returns its exit code. */
export function handOver(command, { env = {} } = {}) {
  waitsForPrograms = true;
  return new Promise((resolve, reject) => {
    const child = start(command, env, 'inherit');
    child.on('error', (error) => reject(new CommandError(error.message)));
    child.on('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}
