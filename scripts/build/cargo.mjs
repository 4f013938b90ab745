// Options and environments that all calls of cargo in these scripts share.

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

/** In CI, cargo must not change the lock file; elsewhere it may. */
export const locked = isCi ? ['--locked'] : [];

/** The environment for native builds and tests, which share their artifacts. */
export const nativeEnv = { CARGO_TARGET_DIR: nativeTarget };

/** The environment for wasm builds; `toolchain` is one of the two that `wasmToolchain()` returns. */
export const wasmEnv = (toolchain) => ({ ...toolchain, CARGO_TARGET_DIR: wasmTarget });

/**
 * Makes it safe for several checkouts to share a target folder. Cargo compares modification times, and the files of a new
 * checkout may be older than the last build of another one. So a new checkout marks all its sources as changed.
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
