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

/** Starts a sandbox until the end of `life`; `www` is the folder with the page. */
export async function startGateway(life, { args = [], env = {}, www = join(root, 'www') } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'mediaferry-e2e-'));
  const own = ['--port', '0', '--storage-port', '0', '--data', data];
  const folders = ['--www', www, '--dist', join(root, 'dist')];
  const child = spawn(binary(), [...own, ...folders, ...args], { env: { ...plainEnv(), ...env } });
  const gone = new Promise((resolve) => child.once('close', resolve));
  let [out, log] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  life.after(async () => {
    await stop();
    rmSync(data, { recursive: true, force: true });
  });
  const addresses = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      const match = BANNER.exec(out);
      if (match) resolve({ url: match[1], storage: match[2] });
    });
    child.once('error', reject);
    gone.then(() => reject(new Error(`the gateway did not start: ${log}`)));
  });
  return new Gateway({ ...addresses, data, stop, text: () => log });
}

class Gateway {
  /** How much of the log an earlier test has had. */
  #read = 0;

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Queues faults; see sandbox/src/faults.rs. */
  async fault(...plans) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/sandbox/faults`, { method: 'POST', headers, body: JSON.stringify(plans) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** Forgets the faults that are left, and what has been logged so far. */
  async calm() {
    await fetch(`${this.url}/sandbox/faults`, { method: 'DELETE' });
    await this.settled();
    this.#read = this.text().length;
  }

  /** The requests since then that could change something, as `gateway POST /path 200`, with the ids left out. */
  async sent() {
    const text = await this.settled();
    const lines = [...text.slice(this.#read).matchAll(LINE)].map(([, at, method, path, status]) => {
      return `${at} ${method} ${path.replaceAll(/file_[0-9a-f]+/g, '{id}')} ${status}`;
    });
    return lines.filter((line) => !/ (GET|OPTIONS|HEAD|DELETE) | \/sandbox\//.test(line));
  }

  /** The whole log, once it holds everything that has been answered: the program logs before it answers this. */
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

/** Without the developer's own settings: a test must not send anything to a real provider. */
function plainEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MEDIAFERRY_')));
}
