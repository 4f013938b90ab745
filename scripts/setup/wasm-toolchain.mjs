// A compiler for wasm32-unknown-unknown: rustup's with its target, or Debian's. Where the standard library's source is there,
// it is built with the module: smaller, for its panics need no words then.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ask, CommandError, run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';
import { isRecent } from './rust.mjs';

export const WASM_TARGET = 'wasm32-unknown-unknown';

/** What has cargo build the standard library, with a switch of nightly cargos. */
const BUILD_STD = { RUSTC_BOOTSTRAP: '1', CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort' };

/**
 * The environment in which cargo builds for wasm, installing what it takes.
 * @returns {Promise<{ build: object, test: object }>} for `cargo build` and for `cargo test`
 */
export async function wasmToolchain() {
  return (
    (await installedTarget({ withSource: true })) ??
    (await debianCompiler()) ??
    (await addTarget()) ??
    (await installDebianCompiler()) ??
    (await installedTarget({ withSource: false })) ??
    nothingWorked()
  );
}

async function installedTarget({ withSource }) {
  const folder = await ask(['rustc', '--print', 'target-libdir', '--target', WASM_TARGET]);
  const installed = folder && existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('libcore-'));
  if (!installed || (withSource && !(await hasSource()))) return undefined;
  // A RUSTFLAGS from outside would replace the flags of .cargo/config.toml, and with them SIMD.
  const env = { RUSTFLAGS: undefined };
  return { build: withSource ? { ...env, ...BUILD_STD } : env, test: env };
}

async function hasSource() {
  const sysroot = await ask(['rustc', '--print', 'sysroot']);
  return Boolean(sysroot) && existsSync(join(sysroot, 'lib', 'rustlib', 'src', 'rust', 'library', 'std'));
}

async function addTarget() {
  if (!which('rustup')) return undefined;
  say(`adding Rust's ${WASM_TARGET} target and the standard library's source (rustup)`);
  // Behind a closed network this would hang for long; where apt-get is no way out, a slow one gets its time.
  const seconds = which('apt-get') ? 60 : 600;
  const { code } = await run(['rustup', 'target', 'add', WASM_TARGET], { seconds });
  if (code === 0) await run(['rustup', 'component', 'add', 'rust-src'], { seconds });
  const target = await installedTarget({ withSource: true });
  if (!target) say('rustup could not get them');
  return target;
}

async function installDebianCompiler() {
  await aptInstall('rustc-web', 'cargo-web', 'rust-web-src', 'lld-19', 'rust-web-clippy');
  return debianCompiler();
}

// Debian has no standard library for wasm, but its source.
async function debianCompiler() {
  const source = existsSync('/usr/lib/rustlib/src/rust/library/std');
  const linker = readdirSync('/usr/bin').findLast((name) => /^wasm-ld-\d+$/.test(name));
  if (!source || !linker || !(await isRecent('/usr/bin/rustc'))) return undefined;
  const env = {
    PATH: `/usr/bin:${process.env.PATH}`,
    RUSTFLAGS: undefined,
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: `/usr/bin/${linker}`,
    ...BUILD_STD,
  };
  return { build: env, test: { ...env, CARGO_UNSTABLE_BUILD_STD: `${env.CARGO_UNSTABLE_BUILD_STD},test` } };
}

function nothingWorked() {
  throw new CommandError(
    `There is no way here to compile for ${WASM_TARGET}: please install Rust with rustup (https://rustup.rs) and run \`rustup target add ${WASM_TARGET}\`.`,
  );
}
