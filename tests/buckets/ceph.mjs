// Ceph's object gateway with one monitor, and storage daemons in memory, in a folder of its own.

import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { which } from '../../scripts/lib/which.mjs';
import { freePort } from '../loopback.mjs';
import { Bucket, variablesOf } from './bucket.mjs';
import { corsXml } from './cors.mjs';

const call = promisify(execFile);
const REGION = 'default';
const ID = 'staging-key';
const SECRET = 'staging-secret';

/** The Debian packages that are missing, as one text; empty if Ceph can be started. */
export const missing = ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph', 'radosgw-admin']
  .filter((name) => !which(name))
  .join(', ');

/**
 * Starts Ceph with a user and an empty bucket. `killGateway` ends radosgw without warning, and `startGateway` starts it
 * again. With several storage daemons each object is in two of them, and `killStorage` ends one without warning.
 * @returns {Promise<{
 *   variables: Record<string, string>,
 *   setCors: (rule: object) => Promise<void>,
 *   killGateway: () => Promise<void>,
 *   startGateway: () => Promise<void>,
 *   killStorage: () => Promise<void>,
 *   stop: () => void,
 * }>}
 */
export async function startCeph(storageDaemons = 1) {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-ceph-'));
  const daemons = new Map();
  const stop = () => {
    for (const daemon of [...daemons.values()].toReversed()) daemon.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { endpoint, startGateway } = await start(folder, daemons, storageDaemons);
    const kill = async (name) => {
      const daemon = daemons.get(name);
      const ended = once(daemon, 'exit');
      daemon.kill('SIGKILL');
      await ended;
    };
    const variables = variablesOf({ endpoint, region: REGION, name: 'staging', id: ID, secret: SECRET });
    const bucket = new Bucket(variables);
    await bucket.request('PUT', '');
    return {
      variables,
      setCors: async (rules) => void (await bucket.request('PUT', '', { cors: '' }, corsXml(rules))),
      killGateway: () => kill('radosgw'),
      startGateway,
      killStorage: () => kill('osd.0'),
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}

async function start(folder, daemons, storageDaemons) {
  const [monitor, port] = [await freePort(), await freePort()];
  const id = randomUUID();
  const path = (name) => join(folder, name);
  const lines = [
    ...['[global]', `fsid = ${id}`, `mon host = v1:127.0.0.1:${monitor}`, 'public network = 127.0.0.0/8'],
    ...['cluster', 'service', 'client'].map((part) => `auth ${part} required = cephx`),
    ...[`keyring = ${path('keyring')}`, `run dir = ${folder}`, `admin socket = ${path('$name.asok')}`],
    ...[`log file = ${path('$name.log')}`, `pid file = ${path('$name.pid')}`],
    ...[`osd pool default size = ${Math.min(2, storageDaemons)}`, 'osd pool default min size = 1'],
    ...['osd pool default pg num = 8', 'osd heartbeat grace = 5', 'mon osd min down reporters = 1'],
    ...['osd crush chooseleaf type = 0', 'osd objectstore = memstore', 'memstore device bytes = 1073741824'],
    ...['[mon.a]', `mon data = ${path('mon')}`, `keyring = ${path('mon.keyring')}`],
    ...['[client.rgw]', `rgw frontends = beast endpoint=127.0.0.1:${port}`, 'rgw multipart min part size = 1'],
    // How long an upload is locked whose completion was interrupted; 10 minutes by default.
    'rgw mp lock max time = 4',
  ];
  const config = ['-c', path('ceph.conf')];
  writeFileSync(path('ceph.conf'), `${lines.join('\n')}\n`);
  for (const [file, name, ...caps] of [
    ['keyring', 'client.admin', 'mon', 'osd'],
    ['mon.keyring', 'mon.', 'mon'],
  ]) {
    const all = caps.flatMap((cap) => ['--cap', cap, 'allow *']);
    await call('ceph-authtool', ['--create-keyring', path(file), '--gen-key', '-n', name, ...all]);
  }
  await call('ceph-authtool', [path('mon.keyring'), '--import-keyring', path('keyring')]);
  await call('monmaptool', ['--create', '--addv', 'a', `[v1:127.0.0.1:${monitor}]`, '--fsid', id, path('monmap')]);
  mkdirSync(path('mon'));
  const daemon = (name, program, ...args) =>
    daemons.set(name, spawn(program, [...config, '-f', ...args], { stdio: 'ignore' }));
  await call('ceph-mon', [
    ...config,
    '--mkfs',
    '-i',
    'a',
    '--monmap',
    path('monmap'),
    '--keyring',
    path('mon.keyring'),
  ]);
  daemon('mon', 'ceph-mon', '-i', 'a');

  const ceph = (...args) => call('ceph', [...config, '--connect-timeout', '60', ...args]);
  for (let number = 0; number < storageDaemons; number += 1) {
    const osd = randomUUID();
    const key = (await call('ceph-authtool', ['--gen-print-key'])).stdout.trim();
    const name = `osd.${number}`;
    writeFileSync(path('osd.json'), JSON.stringify({ cephx_secret: key }));
    await ceph('osd', 'new', osd, '-i', path('osd.json'));
    mkdirSync(path(name));
    const keyring = path(`${name}/keyring`);
    await call('ceph-authtool', ['--create-keyring', keyring, '--name', name, '--add-key', key]);
    const data = ['-i', String(number), '--osd-data', path(name), '--keyring', keyring];
    await call('ceph-osd', [...config, ...data, '--mkfs', '--osd-uuid', osd]);
    daemon(name, 'ceph-osd', ...data);
  }

  const { stdout } = await ceph('auth', 'get-or-create', 'client.rgw', 'mon', 'allow rwx', 'osd', 'allow rwx');
  appendFileSync(path('keyring'), stdout);
  const endpoint = `http://127.0.0.1:${port}`;
  const startGateway = async () => {
    daemon('radosgw', 'radosgw', '-n', 'client.rgw', '--keyring', path('keyring'));
    for (let tries = 0; !(await fetch(endpoint).catch(() => undefined)); tries += 1) {
      if (tries === 120) throw new Error('radosgw did not start');
      await sleep(500);
    }
  };
  await startGateway();
  const user = [
    'user',
    'create',
    '--uid',
    'staging',
    '--display-name',
    'staging',
    '--access-key',
    ID,
    '--secret-key',
    SECRET,
  ];
  await call('radosgw-admin', [...config, '-n', 'client.rgw', '--keyring', path('keyring'), ...user]);
  return { endpoint, startGateway };
}
