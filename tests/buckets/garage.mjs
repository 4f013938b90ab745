// Garage on one node, in a folder of its own. Garage: `cargo install garage --no-default-features --features bundled-libs,lmdb`.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { which } from '../../scripts/lib/which.mjs';
import { freePort } from '../loopback.mjs';
import { Bucket, variablesOf } from './bucket.mjs';
import { corsXml } from './cors.mjs';

const REGION = 'garage';
const BUCKET = 'staging';

/** `garage` if it is not installed. */
export const missing = which('garage') ? '' : 'garage';

/** Starts Garage with a key and an empty bucket; gives the same as `startCeph`. */
export async function startGarage() {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-garage-'));
  const [api, rpc] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${api}`;
  const config = join(folder, 'garage.toml');
  const lines = [
    `metadata_dir = "${folder}/meta"`,
    `data_dir = "${folder}/data"`,
    'db_engine = "lmdb"',
    'replication_factor = 1',
    `rpc_bind_addr = "127.0.0.1:${rpc}"`,
    '[s3_api]',
    `api_bind_addr = "127.0.0.1:${api}"`,
    `s3_region = "${REGION}"`,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const [id, secret] = [`GK${randomBytes(12).toString('hex')}`, randomBytes(32).toString('hex')];
  const env = {
    PATH: process.env.PATH,
    GARAGE_RPC_SECRET: randomBytes(32).toString('hex'),
    GARAGE_DEFAULT_BUCKET: BUCKET,
    GARAGE_DEFAULT_ACCESS_KEY: id,
    GARAGE_DEFAULT_SECRET_KEY: secret,
  };
  const variables = variablesOf({ endpoint, region: REGION, name: BUCKET, id, secret });
  const bucket = new Bucket(variables);
  let server;
  const startGateway = async () => {
    const args = ['--config', config, 'server', '--single-node', '--default-bucket'];
    server = spawn('garage', args, { env, stdio: 'ignore' });
    for (let tries = 0; !(await bucket.request('GET', '').catch(() => undefined)); tries += 1) {
      if (tries === 120 || server.exitCode !== null) throw new Error('garage did not start');
      await sleep(250);
    }
  };
  const stop = () => {
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await startGateway();
  } catch (error) {
    stop();
    throw error;
  }
  return {
    variables,
    setCors: async (rules) => void (await bucket.request('PUT', '', { cors: '' }, corsXml(rules))),
    killGateway: async () => {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
    startGateway,
    stop,
  };
}
