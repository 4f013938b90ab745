// The sandbox program, on free ports with a temporary folder, and its log.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const BANNER = /mediaferry gateway: (http:\S+?)\/ \(storage (http:[^,]+),/;
const LINE = /(gateway|storage): method=(\S+) path=(\S+) status=(\S+) millis=\d+ bytes_in=(\d+)/g;

/** Starts a sandbox until the end of `life`; `www` is the folder with the page. Without a `port`, it has a free one. */
export async function startGateway(life, { args = [], env = {}, www = join(root, 'www'), port = 0 } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'mediaferry-e2e-'));
  const own = ['--port', String(port), '--storage-port', '0', '--data', data];
  const folders = ['--www', www, '--dist', join(root, 'dist')];
  const child = spawn(binary(), [...own, ...folders, ...args], { env: { ...plainEnv(), ...env } });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let [out, log] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await closed;
  };
  life.after(async () => {
    await stop();
    rmSync(data, { recursive: true, force: true });
  });
  const urls = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      const match = BANNER.exec(out);
      if (match) resolve({ url: match[1], storage: match[2] });
    });
    child.once('error', reject);
    closed.then(() => reject(new Error(`the gateway did not start: ${log}`)));
  });
  return new Gateway({ ...urls, data, pid: child.pid, stop, text: () => log });
}

class Gateway {
  /** The length of the log at the start of the test. */
  #read = 0;

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Queues faults; see sandbox/src/faults.rs. */
  async fault(...plans) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/sandbox/faults`, {
      method: 'POST',
      headers,
      body: JSON.stringify(plans),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Removes the remaining faults and ignores the log so far. */
  async reset() {
    await fetch(`${this.url}/sandbox/faults`, { method: 'DELETE' });
    await this.settled();
    this.#read = this.text().length;
  }

  /** The requests since then that may change something, as `gateway POST /path 200`, without ids. */
  async sent() {
    const text = await this.settled();
    const lines = [...text.slice(this.#read).matchAll(LINE)].map(([, at, method, path, status]) => {
      return `${at} ${method} ${path.replaceAll(/file_[0-9a-f]+/g, '{id}')} ${status}`;
    });
    return lines.filter((line) => !/ (GET|OPTIONS|HEAD|DELETE) | \/sandbox\//.test(line));
  }

  /** The whole log, once it has all responses so far: the program logs a request before it responds to this one. */
  async settled() {
    const mark = `/healthz/${Math.random()}`;
    await fetch(`${this.url}${mark}`);
    while (!this.text().includes(mark)) await sleep(5);
    return this.text();
  }
}

function binary() {
  const path = process.env.MEDIAFERRY_SANDBOX;
  if (!path) throw new Error('MEDIAFERRY_SANDBOX is not set: run these tests by `npm test -- e2e`');
  return path;
}

/** Without the developer's own settings: a test must not reach a real provider. */
function plainEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MEDIAFERRY_')));
}
