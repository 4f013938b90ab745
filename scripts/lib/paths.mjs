// Where things are: the checkout, the folders cargo builds into, and the cache that outlives a checkout.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** Tools and, in CI, build folders: kept between checkouts. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mediaferry');

/** True on a build server, whose fresh checkouts should share what cargo has compiled. */
export const isCi = Boolean(process.env.CI) && process.env.CI !== 'false';

/** What `npm run build` makes and a package contains. */
export const dist = join(root, 'dist');

/** The JavaScript and types that wasm-bindgen writes, imported by js/. */
export const generated = join(root, 'js', 'generated');

/** Where cargo puts native code: `CARGO_TARGET_DIR` as usual, else shared in CI, else `target/`. */
export const nativeTarget = process.env.CARGO_TARGET_DIR || (isCi ? join(cache, 'target') : join(root, 'target'));

/** Where cargo puts wasm: apart, because another compiler may be building it. */
export const wasmTarget = join(nativeTarget, 'wasm');

/** Notes about what was built in this checkout. */
export const notes = join(root, 'node_modules', '.cache', 'mediaferry');

/** `path` read as text from the checkout's root. */
export const readText = (path) => readFileSync(join(root, path), 'utf8');
