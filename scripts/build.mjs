// Builds what is stale: the core as wasm, the package's JavaScript and types, and the sandbox with the gateway.

import { claimTargetFolder } from './build/cargo.mjs';
import { buildJavaScript } from './build/javascript.mjs';
import { buildProviders } from './build/providers.mjs';
import { buildSandbox, sandboxBinary } from './build/sandbox.mjs';
import { buildWasm } from './build/wasm.mjs';
import { isMain, runScript, say } from './lib/say.mjs';
import { setup } from './setup.mjs';

export { sandboxBinary };

/** Installs Rust and prepares the target folder. */
export async function cargoReady() {
  await setup.rust();
  claimTargetFolder();
}

/** Builds the package and the sandbox concurrently, after installing their tools. `options` are those of the sandbox. */
export async function build(options) {
  await cargoReady();
  const sandbox = async () => {
    // Cargo builds one thing at a time, and the package would have to wait minutes for the sandbox.
    await buildProviders();
    await buildSandbox(options);
  };
  const results = await Promise.allSettled([buildPackage(), sandbox()]);
  const failure = results.find(({ status }) => status === 'rejected');
  if (failure) throw failure.reason;
}

/** Builds dist/, which is what the npm package contains. */
export async function buildPackage() {
  await Promise.all([cargoReady(), setup.npm()]);
  const [toolchain, bindgen] = await Promise.all([setup.wasm(), setup.bindgen()]);
  await buildWasm({ toolchain: toolchain.build, bindgen });
  await buildProviders();
  await buildJavaScript();
}

if (isMain(import.meta)) {
  await runScript(async () => {
    await build();
    say('everything is built');
  });
}
