// Two gateways with Valkey (or Redis), in front of a provider with an account limit, behind nginx if it is installed.

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { which } from '../../scripts/lib/which.mjs';
import { freePort, listen } from '../loopback.mjs';

const SECRET = 'an-identity-secret-of-32-bytes-for-tests';
const root = fileURLToPath(new URL('../../', import.meta.url));

/** The program that keeps what the instances share; `undefined` if none is installed. */
export const valkeyProgram = which('valkey-server') ?? which('redis-server');
export const nginxProgram = which('nginx') ?? which('/usr/sbin/nginx');

/** A provider that takes `millis` for each form, and rejects more than `limit` forms in each second. */
export async function startProvider({ limit = Number.POSITIVE_INFINITY, millis = 0 } = {}) {
  const state = { created: 0, rejected: 0, times: [] };
  const server = createServer(async (request, response) => {
    const now = performance.now();
    state.times = state.times.filter((time) => now - time < 1000);
    const allowed = state.times.length < limit;
    if (allowed) state.times.push(now);
    for await (const _ of request);
    await sleep(millis);
    state[allowed ? 'created' : 'rejected'] += 1;
    response.writeHead(allowed ? 200 : 429, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ url: 'https://cdn.example/a.png' }));
  });
  const { url: origin, stop } = await listen(server);
  return { origin, state, stop };
}

/** Starts a program, and returns its process when its output matches. */
export async function start(program, args, env, ready) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  const gone = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output.push(text);
        if (ready.test(output.join(''))) resolve();
      });
    gone.then(() => reject(new Error(`${program} ended: ${output.join('')}`)));
  });
  const stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    await gone;
  };
  return { child, gone, stop, log: () => output.join('') };
}

/** A folder, Valkey, and a function that starts a gateway on a port. */
export async function startCluster(life, provider, variables = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mediaferry-cluster-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const valkey = await start(valkeyProgram, args, {}, /Ready to accept connections/);
  const running = new Set();
  life.after(async () => {
    for (const gateway of running) await gateway.stop('SIGKILL');
    await valkey.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const env = {
    MEDIAFERRY_RELAYDANCE_ORIGIN: provider.origin,
    MEDIAFERRY_RELAYDANCE_KEY: 'k',
    MEDIAFERRY_IDENTITY_MODE: 'token',
    MEDIAFERRY_IDENTITY_SECRET: SECRET,
    MEDIAFERRY_IDENTITY_OWNER_SECRET: 'an-owner-secret-of-at-least-32-bytes',
    MEDIAFERRY_VALKEY: `redis://127.0.0.1:${port}`,
    MEDIAFERRY_ADMIN_BIND: 'off',
    ...variables,
  };
  const gateway = async (gatewayPort) => {
    const program = process.env.MEDIAFERRY_GATEWAY;
    const started = await start(program, ['--port', String(gatewayPort)], env, /mediaferry gateway: /);
    running.add(started);
    started.gone.then(() => running.delete(started));
    return started;
  };
  return { folder, gateway };
}

/** nginx in front of these gateways, with the files of `deploy/nginx`. Returns its origin. */
export async function startNginx(life, folder, ports) {
  const port = await freePort();
  const servers = ports.map((gateway) => `server 127.0.0.1:${gateway} max_fails=0;`).join('\n');
  const config = join(folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    config,
    `daemon off; pid ${folder}/nginx.pid; error_log stderr;
     events { worker_connections 1024; }
     http {
       access_log off;
       ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
       include ${root}deploy/nginx/route.conf;
       upstream mediaferry { hash $mediaferry_route consistent; ${servers} }
       server { listen 127.0.0.1:${port}; include ${root}deploy/nginx/proxy.conf; }
     }`,
  );
  const child = spawn(nginxProgram, ['-e', 'stderr', '-p', folder, '-c', config], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('close', resolve));
  life.after(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  for (let tries = 0; tries < 100; tries += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/staging`).catch(() => undefined);
    if (response) return `http://127.0.0.1:${port}`;
    await sleep(50);
  }
  throw new Error('nginx did not start');
}

/** A token as the application's backend mints it. */
export function token(user) {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `v1.${Buffer.from(JSON.stringify({ sub: user, exp })).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

/** Sends one form. Returns the response, or `undefined` if the connection was refused. */
export async function upload(origin, user, attempt) {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(1000)], { type: 'image/png' }), 'a.png');
  const headers = { authorization: `Bearer ${token(user)}`, 'mediaferry-attempt': attempt };
  const response = await fetch(`${origin}/providers/relaydance/v1/files`, { method: 'POST', headers, body: form });
  await response.arrayBuffer();
  return response;
}
