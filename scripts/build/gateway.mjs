// Builds only the gateway: for tests, and as the static program that is released.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nativeTarget } from '../lib/paths.mjs';
import { ask, must, run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';
import { aptInstall } from '../setup/debian.mjs';
import { locked, nativeEnv } from './cargo.mjs';

const TARGET = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-musl`;
const PROFILE = 'gateway';

/** Builds the program for this machine and returns its path. `withTests`: the native tests have been built, see buildSandbox(). */
export async function buildGateway({ withTests = false, features = '' } = {}) {
  const alone = ['build', '--package', 'mediaferry-gateway', ...(features ? ['--features', features] : [])];
  const what = withTests ? ['test', '--no-run', '--workspace'] : alone;
  await must(['cargo', ...what, ...locked], { env: nativeEnv });
  return join(nativeTarget, 'debug', 'mediaferry-gateway');
}

/** Builds the static program; returns its path, or undefined if this machine has no compiler for it. */
export async function buildStaticGateway() {
  if (!(await hasTarget()) || !(which('musl-gcc') || (await aptInstall('musl-tools')))) return undefined;
  const options = ['--profile', PROFILE, '--package', 'mediaferry-gateway', '--target', TARGET, ...locked];
  await must(['cargo', 'build', ...options], { env: nativeEnv, seconds: 30 * 60 });
  return join(nativeTarget, TARGET, PROFILE, 'mediaferry-gateway');
}

async function hasTarget() {
  if (await isInstalled()) return true;
  if (!which('rustup')) return false;
  say(`adding Rust's ${TARGET} target (rustup)`);
  await run(['rustup', 'target', 'add', TARGET], { seconds: 120 });
  return isInstalled();
}

async function isInstalled() {
  const folder = await ask(['rustc', '--print', 'target-libdir', '--target', TARGET]);
  return Boolean(folder && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('libcore-')));
}
