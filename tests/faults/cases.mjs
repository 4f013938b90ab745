// The cases: every request of every route, at every point, in a worker and on the main thread.

import { applies, isSlow, POINTS } from './points.mjs';
import { others, ROUTES } from './routes.mjs';

/** All of them. A case's name is `route · request · point · host`. */
export function allCases() {
  const requests = Object.entries(ROUTES).flatMap(([route, { requests }]) =>
    Object.entries(requests).map(([name, request]) => ({ route, request: { ...request, name } })),
  );
  return requests.flatMap(({ route, request }) => {
    const points = POINTS.filter((point) => applies(point, request));
    return points.flatMap((point) =>
      ['worker', 'main'].map((host) => {
        const name = `${route} · ${request.name} · ${point.name} · ${host}`;
        return { name, route, request, point, host, others: others(route) };
      }),
    );
  });
}

/** The points at which most faults of the package were found so far. */
const TELLING = [
  'before response: rst',
  'response middle: fin',
  'response middle: fin, chunked',
  'response end: fin, too long',
];

/**
 * The short version: each request at two of the points that tell most and at one of the others, each with one of the
 * hosts. Nothing in it waits for a limit of the package.
 */
export function shortCases() {
  const byRequest = new Map();
  for (const one of allCases()) {
    if (isSlow(one.point)) continue;
    const key = `${one.route} ${one.request.name}`;
    byRequest.set(key, [...(byRequest.get(key) ?? []), one]);
  }
  return [...byRequest.values()].flatMap((cases, number) => {
    const points = new Set(cases.map(({ point }) => point.name));
    const others = [...points].filter((name) => !TELLING.includes(name));
    const telling = [number, number + 1].map((index) => TELLING[index % TELLING.length]);
    const names = [...telling, others[(number * 5) % others.length]];
    const hosts = ['worker', 'main'];
    return names.map((name, index) => {
      const host = hosts[(number + index) % 2];
      return cases.find((one) => one.point.name === name && one.host === host);
    });
  });
}
