// One case: a broken upload with five others beside it, what became of it, and the next upload on the same page.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { photo } from './assets.mjs';
import { Fault } from './fault.mjs';
import { isLong } from './points.mjs';
import { ROUTES } from './routes.mjs';
import { checkEnd, expected, wordFor } from './verdict.mjs';

/** What is sent in a file whose request breaks in its middle: more than one piece. */
const ZEROS = 300_000;
/** More than what the buffers on the way take at once, so that a request that is not read does not leave. */
const LONG_ZEROS = 9_000_000;
/** How long to keep trying where every request breaks. */
const GIVE_UP_MILLIS = 1_500;

let cases = 0;

/** Runs a case in a lane; returns how the broken upload ended, in one word. */
export async function run(lane, { route, request, point, host, others }) {
  const mark = `case-${++cases}`;
  const isOfConnection = ['refused', 'accepted'].includes(point.at);
  const place = isOfConnection || point.isReused ? lane.side : lane.home;
  const isLarge = point.how === 'stall' && ['unread', 'part', 'passing'].includes(point.at);
  const retryTimeout = point.isLasting ? GIVE_UP_MILLIS : undefined;
  const victim = job(lane, route, place, { mark, zeros: isLarge ? LONG_ZEROS : ZEROS, retryTimeout });
  const beside = others.map((name, at) => job(lane, name, lane.home, { mark: `${mark}-${at}`, zeros: 0 }));
  const next = job(lane, route, lane.home, { mark: `${mark}-next`, zeros: 0 });
  const fault = aim(lane, route, request, point, place);
  try {
    await lane.begin(mark, [victim, ...beside]);
    const [end, ...ends] = await lane.ends(mark, isLong(point) ? 300 : 60);
    await lane.settled();
    assert.ok(fault.hits > 0, `nothing was broken: ${JSON.stringify(end)}`);
    const made = await assetsOf(lane, victim, end);
    checkEnd(end, { file: victim.file, made, request, call: victim.call });
    const word = wordFor(end);
    if (word === 'unknown') assert.ok(fault.hasBytes, 'bytes of the request had left');
    assert.match(expected({ request, point, route }), new RegExp(word), JSON.stringify(end));
    if (point.how === 'pause') assert.deepEqual(end.retries, []);
    await checkBeside(lane, beside, ends);
    await mend(lane, fault);
    if (word !== 'success') await tryAgain(lane, mark, { victim, request, word });
    await lane.begin(next.file.mark, [next]);
    await checkBeside(lane, [next], await lane.ends(next.file.mark, 60));
    assert.equal(await lane.workers(), host === 'worker' ? 1 : 0);
    assert.deepEqual(lane.takeErrors(), []);
    return word;
  } finally {
    await mend(lane, fault);
    place.gateway.keeps = false;
    lane.assets.forget([victim, ...beside, next].map(({ file }) => file.mark));
  }
}

/** What the page is to call. */
function job(lane, route, { gateway, storage }, { mark, zeros, retryTimeout }) {
  const { job } = ROUTES[route];
  const file = photo(mark, zeros);
  const { bytes, ...shown } = file;
  const described = { ...job, gateway: gateway.url, storage: storage.url, file: shown, retryTimeout };
  if (!job.isUrl) return described;
  lane.assets.backend.files.set(file.name, Buffer.concat([bytes, Buffer.alloc(zeros)]));
  return { ...described, address: `${lane.assets.backend.url}/own/file/${file.name}` };
}

/** Has the lane's doors break the request. */
function aim(lane, route, request, point, place) {
  const { requests } = ROUTES[route];
  const fault = new Fault(request.line, point);
  lane.faults = [fault];
  if (request.isAfterLost) lane.faults.push(new Fault(requests[request.isAfterLost].line, { at: 'forwarded', how: 'rst' }));
  place.gateway.keeps = Boolean(point.isReused);
  if (!fault.isOfConnection) return fault;
  const shut = () => {
    lane.answers = () => {};
    fault.close(place[request.at]);
  };
  const names = Object.keys(requests);
  const before = requests[names[names.indexOf(request.name) - 1]];
  if (!before) shut();
  else lane.answers = (line) => before.line.test(line) && shut();
  return fault;
}

async function mend(lane, fault) {
  lane.faults = [];
  lane.answers = () => {};
  await fault.open();
}

/** The assets that there are of the broken file. Without a success, some may still be made. */
async function assetsOf(lane, { file }, { asset }) {
  if (!asset) await sleep(300);
  for (const end = Date.now() + 2_000; asset && Date.now() < end; await sleep(20)) {
    const made = lane.assets.of(file.mark);
    if (made.length || asset.isDeleted) return made;
  }
  return lane.assets.of(file.mark);
}

/** Uploads that nothing was done to succeed, and notice nothing. */
async function checkBeside(lane, jobs, ends) {
  for (const [at, end] of ends.entries()) {
    const { file, provider, call } = jobs[at];
    assert.ok(end.asset, `${provider}: ${JSON.stringify(end)}`);
    assert.deepEqual(end.retries, [], provider);
    checkEnd(end, { file, made: await assetsOf(lane, jobs[at], end), request: {}, call });
  }
}

/** What a person does who reads the error: tries again, now that nothing breaks any more. */
async function tryAgain(lane, mark, { victim, request, word }) {
  await lane.retry(mark);
  const [end] = await lane.ends(mark, 60);
  await lane.settled();
  checkEnd(end, { file: victim.file, made: await assetsOf(lane, victim, end), request, call: victim.call });
  // Without a gateway that could be asked it stays unknown.
  const isForever = word === 'unknown' && request.isOwn;
  assert.equal(wordFor(end), isForever ? 'unknown' : 'success', `tried again: ${JSON.stringify(end)}`);
}
