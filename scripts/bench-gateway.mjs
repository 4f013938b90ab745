// `npm run bench:gateway`: builds this gateway and a previous one, and compares them under load.
// `-- --previous REVISION` chooses another build; the default is the gateway before users, limits and hooks.

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { locked, nativeEnv } from './build/cargo.mjs';
import { cargoReady } from './build.mjs';
import { nativeTarget, root } from './lib/paths.mjs';
import { ask, CommandError, must } from './lib/run.mjs';
import { runScript, say } from './lib/say.mjs';

/** The last gateway that contained the sandbox. */
const FIRST = 'fa7cb88';
const MINUTES = 40;

await runScript(async () => {
  const { values } = parseArgs({ options: { previous: { type: 'string', default: FIRST } } });
  await cargoReady();
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-bench-'));
  const checkout = join(folder, 'previous');
  await must(['git', 'worktree', 'add', '--detach', checkout, values.previous]);
  try {
    const previous = await build(checkout, folder, 'previous');
    const current = await build(root, folder, 'current');
    const load = await buildLoad(folder);
    await must([process.execPath, join(root, 'benches/gateway/load.bench.mjs')], {
      echo: true,
      seconds: MINUTES * 60,
      env: {
        BENCH_LOAD: load,
        BENCH_CURRENT: current,
        BENCH_PREVIOUS: previous,
        BENCH_PREVIOUS_NAME: values.previous,
        BENCH_PREVIOUS_SANDBOX: String(readFileSync(join(checkout, 'gateway/Cargo.toml'), 'utf8').includes('s3s-fs')),
      },
    });
  } finally {
    await must(['git', 'worktree', 'remove', '--force', checkout]);
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Builds the gateway of a checkout, and copies the program: both builds share what cargo has compiled. */
async function build(checkout, folder, name) {
  say(`building the ${name} gateway`);
  const what = ['build', '--release', '--manifest-path', join(checkout, 'Cargo.toml')];
  const program = ['--package', 'mediaferry-gateway', '--bin', 'mediaferry-gateway'];
  await must(['cargo', ...what, ...program, ...locked], { env: nativeEnv, seconds: MINUTES * 60 });
  const copy = join(folder, `${name}-gateway`);
  copyFileSync(join(nativeTarget, 'release', 'mediaferry-gateway'), copy);
  return copy;
}

async function buildLoad(folder) {
  say('building the load');
  const what = ['bench', '--no-run', '--message-format=json', '--package', 'mediaferry-gateway', '--bench', 'load'];
  const output = await ask(['cargo', ...what, ...locked], { env: nativeEnv, seconds: MINUTES * 60 });
  const messages = (output ?? '').split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const built = messages.find(({ target, executable }) => target?.name === 'load' && executable);
  if (!built) throw new CommandError('the load cannot be built: run cargo bench --no-run --bench load');
  const copy = join(folder, 'load');
  copyFileSync(built.executable, copy);
  return copy;
}
