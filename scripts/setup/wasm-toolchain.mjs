// A compiler for wasm32-unknown-unknown: rustup's target, or Debian's compiler, which builds its standard library itself.

import { existsSync, readdirSync } from 'node:fs';
import { ask, CommandError, run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';
import { isRecent } from './rust.mjs';

export const WASM_TARGET = 'wasm32-unknown-unknown';

/**
 * The environment in which cargo builds for wasm, installing what it takes.
 * @returns {Promise<{ build: object, test: object }>} for `cargo build` and for `cargo test`
 */
export async function wasmToolchain() {
  return (
    (await installedTarget()) ??
    (await debianCompiler()) ??
    (await addTarget()) ??
    (await installDebianCompiler()) ??
    nothingWorked()
  );
}

async function installedTarget() {
  const folder = await ask(['rustc', '--print', 'target-libdir', '--target', WASM_TARGET]);
  const installed = folder && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('libcore-'));
  // A RUSTFLAGS from outside would replace the flags of .cargo/config.toml, and with them SIMD.
  return installed ? environments({ RUSTFLAGS: undefined }) : undefined;
}

async function addTarget() {
  if (!which('rustup')) return undefined;
  say(`adding Rust's ${WASM_TARGET} target (rustup)`);
  // Behind a closed network this would hang for long; where apt-get is no way out, a slow one gets its time.
  const seconds = which('apt-get') ? 60 : 600;
  const { code } = await run(['rustup', 'target', 'add', WASM_TARGET], { seconds });
  if (code !== 0) say('rustup could not get the target');
  return installedTarget();
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
  return environments({
    PATH: `/usr/bin:${process.env.PATH}`,
    RUSTFLAGS: undefined,
    RUSTC_BOOTSTRAP: '1',
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: `/usr/bin/${linker}`,
    CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort',
  });
}

function environments(build) {
  const std = build.CARGO_UNSTABLE_BUILD_STD;
  return { build, test: std ? { ...build, CARGO_UNSTABLE_BUILD_STD: `${std},test` } : build };
}

function nothingWorked() {
  throw new CommandError(
    `There is no way here to compile for ${WASM_TARGET}: please install Rust with rustup (https://rustup.rs) and run \`rustup target add ${WASM_TARGET}\`.`,
  );
}
