// `npm run bench`: speed, memory and size in Chromium against the real gateway. It prints and never fails a bar.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reportSize } from '../scripts/size.mjs';
import { openTab, startBrowser } from '../tests/e2e/browser.mjs';
import { file, mp4 } from '../tests/e2e/fixtures.mjs';
import { startGateway } from '../tests/e2e/gateway.mjs';
import { lifetime } from '../tests/e2e/lifetime.mjs';
import { benchFlow } from './flow.mjs';
import { benchHash } from './hash.mjs';
import { benchQueue } from './queue.mjs';
import { report } from './report.mjs';

const MEBIBYTES = Number(process.argv[2] ?? 256);
const RUNS = 5;

let end;
const life = lifetime({
  after: (job) => {
    end = job;
  },
});
try {
  const gateway = await startGateway(life);
  const browser = await startBrowser(life);
  const video = file('video.mp4', mp4(10, MEBIBYTES << 20));
  const open = async () => {
    // A page of the gateway's origin with nothing on it, and without the policy that would forbid the peer's worker.
    const tab = await openTab(life, browser, `${gateway.url}/healthz`);
    return [tab, await tab.holding([video])];
  };
  const stored = join(gateway.data, 'mediaferry', 'modelhunter');
  const forget = () => {
    for (const name of readdirSync(stored)) rmSync(join(stored, name));
  };
  console.log(`${MEBIBYTES} MiB, medians of ${RUNS} alternating runs`);
  const [first, input] = await open();
  const hash = await benchHash(first.page, input, MEBIBYTES, RUNS);
  await first.page.close();
  const rows = await benchFlow(...(await open()), MEBIBYTES, RUNS, forget);
  const queue = await benchQueue(await openTab(life, browser, `${gateway.url}/healthz`));
  report([hash, ...rows, ...queue]);
} finally {
  await end();
}
console.log();
reportSize();
