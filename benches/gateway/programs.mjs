// The programs of the benchmark: the load, and a gateway of either build.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { start } from '../../tests/cluster/cluster.mjs';
import { freePort } from '../../tests/loopback.mjs';

const STAGING = {
  MEDIAFERRY_S3_ENDPOINT: 'https://s3.example',
  MEDIAFERRY_S3_REGION: 'auto',
  MEDIAFERRY_S3_BUCKET: 'bucket',
  MEDIAFERRY_S3_ACCESS_KEY_ID: 'id',
  MEDIAFERRY_S3_SECRET_ACCESS_KEY: 'secret',
};

/** Starts the load. `run` sends requests and resolves with what was measured. */
export async function startLoad(program) {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  const port = await next();
  const run = async (...words) => {
    child.stdin.write(`${words.join(' ')}\n`);
    const result = JSON.parse(await next());
    if (result.failed) throw new Error(`${result.failed} requests failed: ${words.slice(0, 4).join(' ')}`);
    return result;
  };
  return { origin: `http://127.0.0.1:${port}`, run, stop: () => child.kill() };
}

/** The flags of an old build, which contains the sandbox; its folders stay empty. */
function sandboxFlags() {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-bench-'));
  return ['--storage-port', '0', '--data', folder, '--www', folder, '--dist', folder];
}

/** Starts a gateway in front of the load's provider; `hasSandbox` for an old build that contains the sandbox. */
export async function startGateway({ program, hasSandbox }, load, variables = {}) {
  const port = await freePort();
  const flags = hasSandbox ? sandboxFlags() : [];
  const env = {
    MEDIAFERRY_RELAYDANCE_ORIGIN: load.origin,
    MEDIAFERRY_RELAYDANCE_KEY: 'key',
    ...STAGING,
    ...(!hasSandbox && { MEDIAFERRY_ADMIN_BIND: 'off' }),
    ...variables,
  };
  const { child, stop } = await start(program, ['--port', String(port), ...flags], env, /mediaferry gateway: /);
  // Reads and discards the output, because a full pipe would block the gateway.
  for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners('data').resume();
  const peakMebibytes = () => {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1024;
  };
  return { address: `127.0.0.1:${port}`, peakMebibytes, stop: () => stop('SIGKILL') };
}
