// A whole upload (probe, ticket, hash, PUT, confirmation) beside a bare XHR PUT of the same Blob to the same storage.

import { median } from './report.mjs';
import { watch } from './watch.mjs';

/** Runs both in turn and gives the rows for the table. `forget` empties the storage between runs. */
export async function benchFlow(tab, input, mebibytes, runs, forget) {
  const times = { ours: [], peer: [] };
  const tolls = [];
  await tab.page.evaluate(bare, input);
  await tab.page.evaluate(whole, input);
  for (let run = 0; run < runs; run++) {
    times.peer.push(await tab.page.evaluate(bare, input));
    forget();
    const watching = await watch(tab.page);
    times.ours.push(await tab.page.evaluate(whole, input));
    tolls.push(await watching.stop());
    forget();
  }
  return [...speed(times, mebibytes), ...(tolls.length ? toll(tolls) : [])];
}

function speed(times, mebibytes) {
  const [ours, peer] = [median(times.ours), median(times.peer)];
  const ratio = ours / peer;
  return [
    {
      what: `upload of ${mebibytes} MiB, hash and all`,
      ours: `${(ours / 1000).toFixed(2)} s`,
      peer: `bare PUT ${(peer / 1000).toFixed(2)} s`,
      result: `${ratio.toFixed(2)} × the time`,
      bar: '≤ 1.15 ×',
      ok: ratio <= 1.15,
    },
  ];
}

function toll(tolls) {
  const most = (key) => Math.max(...tolls.map((toll) => toll[key] ?? Number.NaN));
  const [task, heap, resident] = ['task', 'heap', 'resident'].map(most);
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const known = !Number.isNaN(resident);
  return [
    {
      what: '  longest main-thread task meanwhile',
      ours: task > 0 ? `${task.toFixed(0)} ms` : 'none > 50 ms',
      result: '',
      bar: '≤ 50 ms',
      ok: task <= 50,
    },
    { what: "  growth of the page's own JS heap", ours: mib(heap), result: '' },
    {
      what: "  growth of the tab's memory (RSS)",
      ours: known ? mib(resident) : 'not known here',
      result: '',
      bar: '< 64 MiB',
      ok: known ? resident < 64 * 2 ** 20 : undefined,
    },
  ];
}

/** Runs in the page. */
async function whole(input) {
  const { upload } = await import('/mediaferry/index.js');
  const start = performance.now();
  await upload(input.files[0], { provider: 'modelhunter', onProgress: () => {} });
  return performance.now() - start;
}

/** Runs in the page. The ticket is not part of the time. */
async function bare(input) {
  const [file] = input.files;
  const body = JSON.stringify({ filename: file.name, contentType: 'video/mp4', sizeBytes: file.size });
  const headers = { 'content-type': 'application/json' };
  const ticket = await fetch('/providers/modelhunter/api/v1/files/upload-url', { method: 'POST', headers, body });
  const { data } = await ticket.json();
  const start = performance.now();
  await new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('PUT', data.upload_url);
    xhr.setRequestHeader('content-type', 'video/mp4');
    xhr.upload.onprogress = () => {};
    xhr.onload = () => (xhr.status === 200 ? resolve() : reject(new Error(`status ${xhr.status}`)));
    xhr.onerror = reject;
    xhr.send(file);
  });
  return performance.now() - start;
}
