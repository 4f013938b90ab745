// Gets everything that building and testing take onto this machine: what is there already is left alone.

import { isMain, runScript, say } from './lib/say.mjs';
import { chromium, firefox, webkit } from './setup/browser.mjs';
import { npmPackages } from './setup/npm.mjs';
import { rust } from './setup/rust.mjs';
import { wasmBindgen } from './setup/wasm-bindgen.mjs';
import { wasmToolchain } from './setup/wasm-toolchain.mjs';

/** Does each step of the set-up at most once, when it is first asked for; a step that failed fails for everyone. */
const once = (step) => {
  let result;
  return () => (result ??= step());
};

/** The steps; each gives what it found or installed. */
export const setup = {
  npm: once(npmPackages),
  rust: once(rust),
  wasm: once(() => setup.rust().then(wasmToolchain)),
  wasmBindgen: once(() => setup.rust().then(wasmBindgen)),
  chromium: once(chromium),
  firefox: once(firefox),
  webkit: once(webkit),
};

if (isMain(import.meta)) {
  await runScript(async () => {
    for (const step of Object.values(setup)) await step();
    say('everything is set up');
  });
}
