// Builds and starts the server of the benchmark.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { locked, nativeEnv } from '../../scripts/build/cargo.mjs';
import { nativeTarget } from '../../scripts/lib/paths.mjs';
import { must } from '../../scripts/lib/run.mjs';

/**
 * Starts the server until the end of `life`. `mounts` maps paths to folders; `target` is the host and port that its links lead to,
 * if not its own storage. Returns its origins and `pid`.
 */
export async function startServer(life, mounts, target) {
  await must(['cargo', 'build', '--quiet', '--package', 'mediaferry-bench', ...locked], { env: nativeEnv });
  const args = Object.entries(mounts).flatMap(([path, folder]) => ['--mount', `${path}=${folder}`]);
  if (target) args.push('--target', target);
  const child = spawn(join(nativeTarget, 'debug', 'mediaferry-bench'), args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = new Promise((resolve) => child.once('close', resolve));
  life.after(async () => {
    child.stdin.end();
    await closed;
  });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    closed.then(() => Promise.reject(new Error('the server did not start'))),
  ]);
  return { ...JSON.parse(line), pid: child.pid };
}

/** Returns what storage has received since `forget`. */
export const received = async ({ storage }) => await (await fetch(`${storage}/received`)).json();

/** Resets what storage has received. */
export const forget = async ({ storage }) => await fetch(`${storage}/received`, { method: 'DELETE' });
