// SHA-256 of a large File in a worker: mediaferry's core beside hash-wasm, which reads it by the same loop.

import { readFileSync } from 'node:fs';
import { median } from './report.mjs';

const PEER = readFileSync(new URL('../node_modules/hash-wasm/dist/sha256.umd.min.js', import.meta.url), 'utf8');

/** What the peer's worker does. */
const LOOP = `
  onmessage = async ({ data: blob }) => {
    const hasher = await hashwasm.createSHA256();
    hasher.init();
    const reader = blob.stream().getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hasher.update(value);
    }
    postMessage(hasher.digest('hex'));
  };`;

/** Runs both in turn and gives a row for the table. */
export async function benchHash(page, input, mebibytes, runs) {
  const times = await page.evaluate(measure, input, `${PEER}\n${LOOP}`, runs);
  const rate = (millis) => (mebibytes * 1024 * 1024) / 1e3 / millis;
  const [ours, peer] = [rate(median(times.ours)), rate(median(times.peer))];
  const ratio = ours / peer;
  return {
    what: `SHA-256 of ${mebibytes} MiB`,
    ours: `${ours.toFixed(0)} MB/s`,
    peer: `hash-wasm ${peer.toFixed(0)} MB/s`,
    result: `${ratio.toFixed(2)} × faster`,
    bar: '≥ 1.2 ×',
    ok: ratio >= 1.2,
  };
}

/** Runs in the page. */
async function measure(input, source, runs) {
  const { sha256, init } = await import('/mediaferry/index.js');
  const [file] = input.files;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  const peer = (blob) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(blob);
    });
  const time = async (hash) => {
    const start = performance.now();
    const digest = await hash(file);
    return { millis: performance.now() - start, digest };
  };
  // Both compile their code, and the file is in the system's cache.
  await init();
  const small = file.slice(0, 16 << 20);
  if ((await sha256(small)) !== (await peer(small))) throw new Error('the digests differ');
  await peer(file);
  const times = { ours: [], peer: [] };
  for (let run = 0; run < runs; run++) {
    const [a, b] = [await time(sha256), await time(peer)];
    if (a.digest !== b.digest) throw new Error('the digests differ');
    times.ours.push(a.millis);
    times.peer.push(b.millis);
  }
  worker.terminate();
  return times;
}
