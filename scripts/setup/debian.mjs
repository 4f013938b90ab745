// Packages of Debian and its relatives.

import { run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';

/** Installs `packages` with apt-get; false where that is not possible or did not work. */
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
  if (result.code !== 0) say(`apt-get could not: ${result.stderr.trim().split('\n').at(-1)}`);
  return result.code === 0;
}

// How to run something as root without asking anyone: the words to put in front, or nothing if there is no way.
async function rootPrivilege() {
  if (process.getuid() === 0) return [];
  const { code } = await run(['sudo', '-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}
