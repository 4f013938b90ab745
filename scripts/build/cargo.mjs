// What every call of cargo in these scripts has in common.

import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCi, nativeTarget, root, wasmTarget } from '../lib/paths.mjs';
import { filesIn, hashOf } from './stale.mjs';

/** Everything in the checkout that a Rust build may read. */
export const RUST_SOURCES = [
  'Cargo.toml',
  'Cargo.lock',
  '.cargo/config.toml',
  'src',
  'gateway',
  'sandbox',
  'testing',
  'benches',
  'tests',
];

/** In CI the lock file is taken as it is; elsewhere cargo may complete it. */
export const locked = isCi ? ['--locked'] : [];

/** The environment for native builds and tests, which share their artifacts. */
export const nativeEnv = { CARGO_TARGET_DIR: nativeTarget };

/** The environment for wasm, from one of the two that the set-up found. */
export const wasmEnv = (toolchain) => ({ ...toolchain, CARGO_TARGET_DIR: wasmTarget });

/**
 * Makes a target folder that several checkouts share safe to use. Cargo goes by the age of files, and a checkout may be
 * older than what another one built last; so a checkout that comes anew makes its sources look changed.
 */
export function claimTargetFolder() {
  if (!isCi) return;
  const note = join(nativeTarget, 'last-checkout');
  const self = hashOf(RUST_SOURCES, [root]);
  if (existsSync(note) && readFileSync(note, 'utf8') === self) return;
  const now = new Date();
  for (const file of RUST_SOURCES.flatMap(filesIn)) utimesSync(join(root, file), now, now);
  mkdirSync(nativeTarget, { recursive: true });
  writeFileSync(note, self);
}
