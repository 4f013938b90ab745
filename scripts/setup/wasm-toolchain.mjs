// A compiler for wasm32-unknown-unknown, best of all one that builds the standard library itself, as small as we want it.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, CommandError, run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';
import { isRecent } from './rust.mjs';

export const WASM_TARGET = 'wasm32-unknown-unknown';

/**
 * The environments in which cargo works for wasm, installing what it takes: `build` makes the module that ships, with
 * `CARGO_UNSTABLE_BUILD_STD` where the compiler has the standard library's source; `test` is for everything else.
 * @returns {Promise<{ build: object, test: object }>}
 */
export async function wasmToolchain() {
  const build =
    (await rustupSource()) ?? (await debianCompiler()) ?? (await addByRustup()) ?? (await installDebianCompiler());
  const target = await installedTarget();
  if (!build && !target) nothingWorked();
  const std = build?.CARGO_UNSTABLE_BUILD_STD;
  // Tests need no small library, and a target that is there saves building one.
  return { build: build ?? target, test: target ?? { ...build, CARGO_UNSTABLE_BUILD_STD: `${std},test` } };
}

// What a nightly cargo is asked for by the same names.
const BUILD_STD = { RUSTC_BOOTSTRAP: '1', CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort' };
// A RUSTFLAGS from outside would replace the flags of .cargo/config.toml, and with them SIMD.
const PLAIN = { RUSTFLAGS: undefined };

async function installedTarget() {
  const folder = await ask(['rustc', '--print', 'target-libdir', '--target', WASM_TARGET]);
  const installed = folder && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('libcore-'));
  return installed ? PLAIN : undefined;
}

async function rustupSource() {
  const sysroot = await ask(['rustc', '--print', 'sysroot']);
  const source = sysroot && existsSync(join(sysroot, 'lib/rustlib/src/rust/library/std'));
  // Without the target there is no linker either.
  return source && (await installedTarget()) ? { ...PLAIN, ...BUILD_STD } : undefined;
}

async function addByRustup() {
  if (!which('rustup')) return undefined;
  say(`adding Rust's ${WASM_TARGET} target and the standard library's source (rustup)`);
  // Behind a closed network this would hang for long; where apt-get is no way out, a slow one gets its time.
  const seconds = which('apt-get') || (await installedTarget()) ? 60 : 600;
  const target = await run(['rustup', 'target', 'add', WASM_TARGET], { seconds });
  const source = target.code === 0 && (await run(['rustup', 'component', 'add', 'rust-src'], { seconds }));
  if (source?.code !== 0) say('rustup could not get them');
  return rustupSource();
}

async function installDebianCompiler() {
  await aptInstall('rustc-web', 'cargo-web', 'rust-web-src', 'lld-19', 'rust-web-clippy');
  return debianCompiler();
}

// Debian has no standard library for wasm, but its source, which cargo can build with a switch of nightly cargos.
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
    `There is no way here to compile for ${WASM_TARGET}: please install Rust with rustup (https://rustup.rs) and run \`rustup target add ${WASM_TARGET}\`.`,
  );
}
