// Runs npm and the consumers' own tools, in folders that go away.

import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../loopback.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));

// Nothing of a developer's machine decides how they build, and none of them reports it.
const silent = {
  NEXT_TELEMETRY_DISABLED: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
};

/** With `programs`, a folder whose programs come first. */
const environment = (programs) => ({
  ...process.env,
  ...silent,
  ...(programs && { PATH: `${programs}${delimiter}${process.env.PATH}` }),
});

/** Of an error: some tools print the scripts that they complain about. */
const MAX_CHARACTERS = 10_000;

/** A folder for as long as `life` lasts. */
export function temporaryFolder(life) {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-consumer-'));
  life.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Runs a program and returns its output; throws an error with the output if it fails. */
export function run([program, ...args], cwd, programs) {
  const env = environment(programs);
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, timeout: 600_000, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error)
        reject(
          new Error(
            `${program} ${args.join(' ')} failed (${error.code ?? error.signal}):\n${stdout}\n${stderr}`.slice(
              0,
              MAX_CHARACTERS,
            ),
          ),
        );
      else resolve(stdout);
    });
  });
}

/** Packs the package, or the one in `source`, as `npm publish` would; gives the tarball and the paths in it. */
export async function pack(folder, source = root) {
  const printed = await run(['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder], source);
  const [{ filename, files }] = JSON.parse(printed);
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** Starts a server for as long as `life` lasts; returns its URL once it responds. */
export async function serve(life, command, cwd, programs) {
  const port = String(await freePort());
  const env = { ...environment(programs), HOST: '127.0.0.1', PORT: port };
  const [program, ...args] = command.map((word) => word.replace('PORT', port));
  // esbuild serves for as long as its input is open.
  const child = spawn(program, args, { cwd, env, stdio: 'pipe' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  const gone = new Promise((resolve) => child.once('close', resolve));
  life.after(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 120_000; Date.now() < end && child.exitCode === null; await sleep(50)) {
    if (await fetch(url).catch(() => undefined)) return { url };
  }
  throw new Error(`${program} does not respond: ${printed}`);
}
