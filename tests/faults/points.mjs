// The points at which a request is broken, and how.

import { others, ROUTES } from './routes.mjs';

const ENDS = ['fin', 'rst', 'stall'];
/** A request's course, with where it can be broken. */
const COURSE = {
  /** The head of the request has come, its body was not read. */
  unread: ENDS,
  /** The half of the body was read. */
  part: ENDS,
  /** The half of the body was passed on to the server. */
  passing: ENDS,
  /** All of it was read, and nothing passed on. */
  read: ENDS,
  /** All of it was passed on; the server works on it. */
  working: ['fin', 'rst'],
  /** The server has answered; nothing of that was passed back. */
  forwarded: [...ENDS, 'hang'],
  /** The head of the response has been passed back. */
  head: ENDS,
  /** The head and the half of the body. */
  body: ENDS,
  /** All of it. */
  after: ['fin', 'rst'],
};
/** Whose pauses are shorter than any limit. */
const PAUSES = ['unread', 'forwarded', 'body'];

/** All points, each with a name. `isLasting`: every such request breaks, until the upload gives up. */
export const POINTS = [
  { at: 'refused', how: 'rst' },
  ...['fin', 'rst'].map((how) => ({ at: 'accepted', how })),
  ...Object.entries(COURSE).flatMap(([at, hows]) => hows.map((how) => ({ at, how }))),
  ...PAUSES.map((at) => ({ at, how: 'pause' })),
  ...['long', 'short'].map((framing) => ({ at: 'after', how: 'fin', framing })),
  ...['body', 'after'].map((at) => ({ at, how: 'fin', framing: 'chunked' })),
  { at: 'after', how: 'stall', framing: 'chunked' },
  ...['read', 'forwarded'].map((at) => ({ at, how: 'fin', isReused: true })),
  { at: 'refused', how: 'rst', isLasting: true },
  ...['read', 'forwarded', 'body'].map((at) => ({ at, how: 'rst', isLasting: true })),
].map((point) => ({ ...point, name: nameOf(point) }));

/** Those that take longer than 30 s. */
export const isLong = ({ how }) => how === 'stall' || how === 'hang';

function nameOf({ at, how, framing, isReused, isLasting }) {
  const words = [at, at !== 'refused' && how, framing, isReused && 'reused', isLasting && 'always'];
  return words.filter(Boolean).join(' ');
}

/** Every request of every route, broken at every point, with both hosts of the core. */
export function allCases() {
  const cases = [];
  for (const [route, { requests }] of Object.entries(ROUTES)) {
    for (const [name, request] of Object.entries(requests)) {
      for (const point of POINTS.filter((point) => applies(point, request))) {
        for (const host of ['worker', 'main']) {
          cases.push({ route, request: { ...request, name }, point, host, others: others(route) });
        }
      }
    }
  }
  return cases.map((one) => ({ ...one, name: `${one.route} · ${one.request.name} · ${one.point.name} · ${one.host}` }));
}

function applies({ at }, { hasFile }) {
  // A short body comes in one piece with its head.
  return hasFile || !['part', 'passing'].includes(at);
}

/** What tells most in a short time: each request at two points, and each point in some request. */
const TELLING = ['forwarded rst', 'body fin', 'body fin chunked', 'after fin long'];

/** The short version: each request at two of the points that tell most and one of the others, each with one of the hosts. */
export function shortCases() {
  const requests = new Map();
  for (const one of allCases()) {
    if (isLong(one.point)) continue;
    const key = `${one.route} ${one.request.name}`;
    requests.set(key, [...(requests.get(key) ?? []), one]);
  }
  return [...requests.values()].flatMap((cases, at) => {
    const host = (index) => ((at + index) % 2 ? 'main' : 'worker');
    const telling = [at, at + 1].map((index) => TELLING[index % TELLING.length]);
    const rest = POINTS.filter(({ name }) => cases.some(({ point }) => point.name === name) && !TELLING.includes(name));
    const names = [...telling, rest[(at * 5) % rest.length].name];
    return names.map((name, index) => cases.find(({ point, host: of }) => point.name === name && of === host(index)));
  });
}
