// One case: an upload whose request breaks and five others beside it, what became of them, and a retry.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { photo } from './assets.mjs';
import { Fault } from './fault.mjs';
import { checkOutcome, expected, resultOf } from './outcome.mjs';
import { isBeforeRequest, isSlow } from './points.mjs';
import { ROUTES } from './routes.mjs';

/** Appended to a file whose request breaks in its middle, so that it comes in more than one piece. */
const PADDING = 300_000;
/** More than the buffers on the way hold, so that a request that is not read does not leave. */
const LONG_PADDING = 9_000_000;
/** How long to keep trying where every request breaks. */
const RETRY_MILLIS = 1_500;

let count = 0;

/** Runs a case on a page; returns how the broken upload ended: `success`, `error` or `unknown`. */
export async function run(page, { route, request, point, host, others }) {
  const key = `case-${++count}`;
  const isApart = isBeforeRequest(point) || point.isReused;
  const proxies = isApart ? page.apart : page.home;
  const isLarge = point.how === 'stall' && ['request head', 'request middle', 'forwarded middle'].includes(point.at);
  const retryTimeout = point.isLasting ? RETRY_MILLIS : undefined;
  const broken = job(page, route, proxies, { key, padding: isLarge ? LONG_PADDING : PADDING, retryTimeout });
  const beside = others.map((name, at) => job(page, name, page.home, { key: `${key}-${at}`, padding: 0 }));
  const jobs = [broken, ...beside];
  const fault = new Fault(request.line, point);
  try {
    if (point.isReused) jobs.push(await warmUp(page, route, proxies, key));
    aim(page, fault, { route, request, proxies });
    await page.begin(key, [broken, ...beside]);
    const [outcome, ...outcomes] = await page.outcomes(key, secondsFor(request, point));
    await page.settled();
    assert.ok(fault.count > 0, `nothing was broken: ${JSON.stringify(outcome)}`);
    const made = await assetsOf(page, broken, outcome);
    checkOutcome(outcome, { file: broken.file, made, request, call: broken.call });
    const result = resultOf(outcome);
    assert.match(expected({ request, point, route }), new RegExp(result), JSON.stringify(outcome));
    if (fault.isDelay) assert.deepEqual(outcome.retries, request.isAfterLost ? ['network'] : []);
    await checkOthers(page, beside, outcomes);
    await endFaults(page, fault);
    if (result !== 'success') await retry(page, key, { broken, request, result });
    assert.deepEqual(await page.workers(), { isUsed: host === 'worker', restarts: 0 });
    assert.deepEqual(page.takeErrors(), []);
    return result;
  } finally {
    await endFaults(page, fault);
    for (const proxy of Object.values(proxies)) proxy.keepsAlive = false;
    page.assets.forget(jobs.map(({ file }) => file.mark));
    await page.forget(key);
  }
}

/** The longest that a case may take. */
function secondsFor({ isPreflight }, point) {
  // A page does not learn of preflights: the request may as well be waiting for a connection, which it does for 10 minutes.
  if (isPreflight && point.how === 'hang') return 700;
  return isSlow(point) ? 300 : 60;
}

/** What the page is to call. */
function job(page, route, { gateway, storage }, { key, padding, retryTimeout }) {
  const { job } = ROUTES[route];
  const { bytes, ...file } = photo(key, padding);
  const described = { ...job, gateway: gateway.url, storage: storage.url, file, retryTimeout };
  if (!job.isUrl) return described;
  const { backend } = page.assets;
  backend.files.set(file.name, Buffer.concat([bytes, Buffer.alloc(padding)]));
  return { ...described, url: `${backend.url}/own/file/${file.name}` };
}

/** Makes the same upload before, so that the browser has connections that it can use again. */
async function warmUp(page, route, proxies, key) {
  for (const proxy of Object.values(proxies)) proxy.keepsAlive = true;
  const first = job(page, route, proxies, { key: `${key}-first`, padding: 0 });
  await page.begin(`${key}-first`, [first]);
  const outcomes = await page.outcomes(`${key}-first`, 60);
  await checkOthers(page, [first], outcomes);
  return first;
}

/** Has the page's proxies break the request. */
function aim(page, fault, { route, request, proxies }) {
  const { requests } = ROUTES[route];
  page.faults = [fault];
  if (request.isAfterLost) {
    const lost = new Fault(requests[request.isAfterLost].line, { at: 'before response', how: 'rst' });
    page.faults.push(lost);
  }
  if (!isBeforeRequest(fault.point)) return;
  const proxy = proxies[request.at];
  const names = Object.keys(requests);
  const before = requests[request.isAfterLost ?? names[names.indexOf(request.name) - 1]]?.line ?? request.after;
  if (!before) return fault.breakConnections(proxy);
  page.onForwarded = (line) => {
    if (!before.test(line)) return;
    page.onForwarded = () => {};
    fault.breakConnections(proxy);
  };
}

async function endFaults(page, fault) {
  page.faults = [];
  page.onForwarded = () => {};
  await fault.restore();
}

/** The assets that there are of a file. Without a success, some may still be made. */
async function assetsOf(page, { file }, { asset }) {
  if (!asset) await sleep(300);
  for (const end = Date.now() + 2_000; asset && Date.now() < end; await sleep(20)) {
    const made = page.assets.of(file.mark);
    if (made.length || asset.isDeleted) return made;
  }
  return page.assets.of(file.mark);
}

/** The other uploads notice nothing. */
async function checkOthers(page, jobs, outcomes) {
  for (const [at, outcome] of outcomes.entries()) {
    const { file, provider, call } = jobs[at];
    assert.ok(outcome.asset, `another upload, to ${provider}: ${JSON.stringify(outcome)}`);
    assert.deepEqual(outcome.retries, [], provider);
    checkOutcome(outcome, { file, made: await assetsOf(page, jobs[at], outcome), request: {}, call });
  }
}

/** Tries again, now that nothing breaks any more. */
async function retry(page, key, { broken, request, result }) {
  await page.retry(key);
  const [outcome] = await page.outcomes(key, 60);
  await page.settled();
  checkOutcome(outcome, { file: broken.file, made: await assetsOf(page, broken, outcome), request, call: broken.call });
  // Another call cannot know that the asset was there.
  if (request.isDelete && outcome.error?.status === 404) return;
  // If the outcome cannot be queried, it stays unknown.
  const staysUnknown = result === 'unknown' && request.isOwn;
  assert.equal(resultOf(outcome), staysUnknown ? 'unknown' : 'success', `the retry: ${JSON.stringify(outcome)}`);
}
