// The cases: every request of every route, at every point, in a worker and on the main thread.

import { repeatsPosts } from '../e2e/engine.mjs';
import { applies, isSlow, POINTS } from './points.mjs';
import { others, ROUTES } from './routes.mjs';

/** All of them. A case's name is `route · request · point · host`. */
export function allCases() {
  const requests = Object.entries(ROUTES).flatMap(([route, { requests }]) =>
    Object.entries(requests).map(([name, request]) => ({ route, request: { ...request, name } })),
  );
  return requests.flatMap(({ route, request }) => {
    // WebKit sends what must be sent once on a connection of its own, so that no repetition of its own can follow.
    const points = POINTS.filter((point) => applies(point, request) && (repeatsPosts || !point.isReused));
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
 * The short version: every point once, then the most informative ones, until every request breaks twice, once with either host.
 * Nothing in it waits for a limit of the package.
 */
export function shortCases() {
  const cases = allCases().filter(({ point }) => !isSlow(point));
  const points = [...new Set(cases.map(({ point }) => point.name))];
  const requestOf = ({ route, request }) => `${route} ${request.name}`;
  const requests = new Set(cases.map(requestOf));
  const chosen = [];
  for (let number = 0; number < 2 * requests.size; number++) {
    const point = points[number] ?? TELLING[number % TELLING.length];
    // Of the request that was chosen least so far, with the host that it was not chosen with.
    const cost = (one) => {
      const same = chosen.filter((other) => requestOf(other) === requestOf(one));
      const isTurn = one.host === ['worker', 'main'][number % 2];
      return 4 * same.length + 2 * same.filter(({ host }) => host === one.host).length + (isTurn ? 0 : 1);
    };
    const possible = cases.filter((one) => one.point.name === point);
    chosen.push(possible.reduce((best, one) => (cost(one) < cost(best) ? one : best)));
  }
  return chosen;
}
