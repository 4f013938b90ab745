// Finds or installs a compiler for wasm32-unknown-unknown, preferably one that can build a smaller standard library.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, CommandError, run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';
import { isRecent } from './rust.mjs';

export const WASM_TARGET = 'wasm32-unknown-unknown';

/**
 * Installs what is missing, and returns the environments in which cargo builds wasm: `build` for the modules of the package, with
 * `CARGO_UNSTABLE_BUILD_STD` if the source of the standard library is installed; `test` for everything else.
 * @returns {Promise<{ build: object, test: object }>}
 */
export async function wasmToolchain() {
  const build =
    (await rustupSource()) ?? (await debianCompiler()) ?? (await addByRustup()) ?? (await installDebianCompiler());
  const target = await installedTarget();
  if (!build && !target) nothingWorked();
  const std = build?.CARGO_UNSTABLE_BUILD_STD;
  // Tests do not need a small standard library, and an installed target saves the build of one.
  return { build: build ?? target, test: target ?? { ...build, CARGO_UNSTABLE_BUILD_STD: `${std},test` } };
}

// Enables unstable options of cargo, which have the same names in nightly versions.
const BUILD_STD = { RUSTC_BOOTSTRAP: '1', CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort' };
// A RUSTFLAGS of the user would replace the flags of .cargo/config.toml, which enable SIMD.
const PLAIN = { RUSTFLAGS: undefined };

async function installedTarget() {
  const folder = await ask(['rustc', '--print', 'target-libdir', '--target', WASM_TARGET]);
  const installed = folder && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('libcore-'));
  return installed ? PLAIN : undefined;
}

async function rustupSource() {
  const sysroot = await ask(['rustc', '--print', 'sysroot']);
  const source = sysroot && existsSync(join(sysroot, 'lib/rustlib/src/rust/library/std'));
  // Without the target, the linker is missing too.
  return source && (await installedTarget()) ? { ...PLAIN, ...BUILD_STD } : undefined;
}

async function addByRustup() {
  if (!which('rustup')) return undefined;
  say(`adding Rust's ${WASM_TARGET} target and the standard library's source (rustup)`);
  // Without access to the network, rustup hangs for long. The limit is short only if there is an alternative.
  const seconds = which('apt-get') || (await installedTarget()) ? 60 : 600;
  const target = await run(['rustup', 'target', 'add', WASM_TARGET], { seconds });
  const source = target.code === 0 && (await run(['rustup', 'component', 'add', 'rust-src'], { seconds }));
  if (source?.code !== 0) say('rustup could not install them');
  return rustupSource();
}

async function installDebianCompiler() {
  await aptInstall('rustc-web', 'cargo-web', 'rust-web-src', 'lld-19', 'rust-web-clippy');
  return debianCompiler();
}

// Debian has only the source of the standard library for wasm, which cargo can build with an unstable option.
async function debianCompiler() {
  const source = existsSync('/usr/lib/rustlib/src/rust/library/std');
  const linker = readdirSync('/usr/bin').findLast((name) => /^wasm-ld-\d+$/.test(name));
  if (!source || !linker || !(await isRecent('/usr/bin/rustc'))) return undefined;
  return {
    ...PLAIN,
    ...BUILD_STD,
    PATH: `/usr/bin:${process.env.PATH}`,
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: `/usr/bin/${linker}`,
  };
}

function nothingWorked() {
  throw new CommandError(
    `No compiler for ${WASM_TARGET} could be installed: please install Rust with rustup (https://rustup.rs) and run \`rustup target add ${WASM_TARGET}\`.`,
  );
}
