// Finds or installs Rust: cargo, rustc and a C linker.

import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readText } from '../lib/paths.mjs';
import { ask, CommandError, run } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';
import { which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';

const rustupPrograms = join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'bin');

/** Ensures that a recent enough cargo and a linker are on PATH. */
export async function rust() {
  // In a shell that was opened before rustup was installed, its folder is not on PATH.
  if (!which('cargo')) process.env.PATH += delimiter + rustupPrograms;
  if (!((await isRecent()) || (await findElsewhere()) || (await install()))) {
    throw new CommandError(
      `Please install Rust ${wantedVersion()} or newer from https://rustup.rs and run this again.`,
    );
  }
  if (!which('cc') && !(await aptInstall('gcc', 'libc6-dev'))) {
    throw new CommandError('Rust needs a C compiler to link with: please install gcc or clang.');
  }
}

/** Returns whether `rustc` runs and has at least the version that Cargo.toml requires. */
export async function isRecent(rustc = 'rustc') {
  const answer = which('cargo') && (await ask([rustc, '--version'], { env: { RUSTUP_AUTO_INSTALL: '0' } }));
  const version = answer && /(\d+)\.(\d+)/.exec(answer);
  if (!version) return false;
  const [major, minor] = wantedVersion().split('.').map(Number);
  return Number(version[1]) > major || (Number(version[1]) === major && Number(version[2]) >= minor);
}

const wantedVersion = () => /^rust-version = "(.+)"/m.exec(readText('Cargo.toml'))[1];

// The default compiler is too old, but rustup or Debian may have another one.
const findElsewhere = async () => (await useRustup()) || (await useDebian());

async function install() {
  say(`Rust ${wantedVersion()} or newer is not installed`);
  return (await addToolchain()) || (await installFromDebian()) || (await installRustup());
}

async function useRustup() {
  if (!which('rustup')) return false;
  process.env.RUSTUP_TOOLCHAIN = wantedVersion();
  if (await isRecent()) return true;
  delete process.env.RUSTUP_TOOLCHAIN;
  return false;
}

async function useDebian() {
  if (!(await isRecent('/usr/bin/rustc'))) return false;
  process.env.PATH = `/usr/bin${delimiter}${process.env.PATH}`;
  return true;
}

// A separate toolchain, so that the default one for other projects does not change.
async function addToolchain() {
  if (!which('rustup')) return false;
  say(`installing Rust ${wantedVersion()} beside yours (rustup)`);
  const options = ['--profile', 'minimal', '--component', 'rustfmt', '--component', 'clippy', '--no-self-update'];
  await run(['rustup', 'toolchain', 'install', wantedVersion(), ...options], { seconds: 300 });
  return useRustup();
}

async function installFromDebian() {
  if (!(await aptInstall('rustc-web', 'cargo-web', 'rust-web-src', 'lld-19', 'gcc', 'libc6-dev'))) return false;
  await aptInstall('rustfmt-web', 'rust-web-clippy');
  return useDebian();
}

async function installRustup() {
  say('installing Rust (rustup)');
  const download = 'curl --proto =https --tlsv1.2 -sSf https://sh.rustup.rs';
  const options = '-y --profile minimal --component rustfmt --component clippy';
  await run(['sh', '-c', `${download} | sh -s -- ${options}`], { echo: true, seconds: 600 });
  process.env.PATH = rustupPrograms + delimiter + process.env.PATH;
  return isRecent();
}
