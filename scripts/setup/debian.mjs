// Installs packages of Debian and of distributions based on it.

import { run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';

/** Installs `packages` with apt-get; returns false if that is not possible or failed. */
export async function aptInstall(...packages) {
  const privilege = await rootPrivilege();
  if (!privilege || !which('apt-get')) return false;
  say(`installing ${packages.join(' ')} (apt-get)`);
  const apt = (...args) =>
    run([...privilege, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=300', ...args]);
  const install = () => apt('install', '-y', '-qq', ...packages);
  let result = await install();
  if (result.code !== 0) {
    await apt('update', '-qq');
    result = await install();
  }
  if (result.code !== 0) say(`apt-get failed: ${result.stderr.trim().split('\n').at(-1)}`);
  return result.code === 0;
}

// Returns the command prefix to run a program as root without a password prompt, or undefined if that is not possible.
async function rootPrivilege() {
  if (process.getuid() === 0) return [];
  const { code } = await run(['sudo', '-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}
