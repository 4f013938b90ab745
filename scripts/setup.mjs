// Installs what building and testing need, unless it is there.

import { isMain, runScript, say } from './lib/say.mjs';
import { chromium, firefox, webkit } from './setup/browser.mjs';
import { npmPackages } from './setup/npm.mjs';
import { rust } from './setup/rust.mjs';
import { bindgen, bindgenTestRunner } from './setup/wasm-bindgen.mjs';
import { wasmToolchain } from './setup/wasm-toolchain.mjs';

/** Runs a step at most once, when it is first needed; if it fails, it fails for every caller. */
const once = (step) => {
  let result;
  return () => (result ??= step());
};

/** The steps; each returns what it has found or installed. */
export const setup = {
  npm: once(npmPackages),
  rust: once(rust),
  wasm: once(() => setup.rust().then(wasmToolchain)),
  bindgen: once(() => setup.rust().then(bindgen)),
  bindgenTestRunner: once(() => setup.rust().then(bindgenTestRunner)),
  chromium: once(chromium),
  firefox: once(firefox),
  webkit: once(webkit),
};

if (isMain(import.meta)) {
  await runScript(async () => {
    for (const step of Object.values(setup)) await step();
    say('everything is installed');
  });
}
