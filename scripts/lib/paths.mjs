// The paths of the checkout, of the folders that cargo builds into, and of the cache that several checkouts share.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** Tools and, in CI, build folders: kept between checkouts. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mediaferry');

/** Whether this is a build server, whose new checkouts share the output of cargo. */
export const isCi = Boolean(process.env.CI) && process.env.CI !== 'false';

/** The output of `npm run build`, which the package contains. */
export const dist = join(root, 'dist');

/** The JavaScript and types that wasm-bindgen writes, imported by js/. */
export const generated = join(root, 'js', 'generated');

/** Cargo's target folder for native code: `CARGO_TARGET_DIR`, otherwise a shared one in CI, otherwise `target/`. */
export const nativeTarget = process.env.CARGO_TARGET_DIR || (isCi ? join(cache, 'target') : join(root, 'target'));

/** Cargo's target folder for wasm: a separate one, because it may be built by another compiler. */
export const wasmTarget = join(nativeTarget, 'wasm');

/** The folder of stamps and intermediate files of this checkout. */
export const notes = join(root, 'node_modules', '.cache', 'mediaferry');

/** Reads the file at `path`, relative to the root of the checkout, as text. */
export const readText = (path) => readFileSync(join(root, path), 'utf8');
