// The points at which a request is broken, and how.

const BROKEN = ['fin', 'rst', 'stall'];

/** What a proxy sees of one exchange, in order, and what can happen to the connection there. */
const EXCHANGE = {
  /** The head of the request has arrived; its body was not read. */
  'request head': BROKEN,
  /** Half of the body was read. */
  'request middle': BROKEN,
  /** Half of the body was forwarded to the server. */
  'forwarded middle': BROKEN,
  /** All of it was read, and nothing forwarded. */
  'request end': BROKEN,
  /** All of it was forwarded; the server is working on it. */
  processing: ['fin', 'rst'],
  /** The server has responded; nothing of that was returned. */
  'before response': [...BROKEN, 'hang'],
  /** The head of the response was returned. */
  'response head': BROKEN,
  /** The head and half of the body. */
  'response middle': BROKEN,
  /** All of it. */
  'response end': ['fin', 'rst'],
};
/** Where a delay that is shorter than any limit is tested. */
const DELAYED = ['request head', 'before response', 'response middle'];

/**
 * All points, each with a name. `framing` says how the response gives its length, rightly or not. With `isReused`, the
 * connection has carried a request before; a browser repeats by itself what broke on such a one. With `isLasting`, every
 * such request breaks, until the upload gives up.
 */
export const POINTS = [
  { at: 'connecting', how: 'refused' },
  ...['fin', 'rst'].map((how) => ({ at: 'connected', how })),
  ...Object.entries(EXCHANGE).flatMap(([at, hows]) => hows.map((how) => ({ at, how }))),
  ...DELAYED.map((at) => ({ at, how: 'delay' })),
  ...['too long', 'too short'].map((framing) => ({ at: 'response end', how: 'fin', framing })),
  ...['response middle', 'response end'].map((at) => ({ at, how: 'fin', framing: 'chunked' })),
  { at: 'response end', how: 'stall', framing: 'chunked' },
  ...['request end', 'before response'].map((at) => ({ at, how: 'fin', isReused: true })),
  { at: 'connecting', how: 'refused', isLasting: true },
  ...['request end', 'before response', 'response middle'].map((at) => ({ at, how: 'rst', isLasting: true })),
].map((point) => ({ ...point, name: nameOf(point) }));

/** Those that take longer than 30 s, the shortest of the package's limits. */
export const isSlow = ({ how }) => how === 'stall' || how === 'hang';

/** Whether a fault there breaks the connection before there is a request. */
export const isBeforeRequest = ({ at }) => at === 'connecting' || at === 'connected';

/** Whether a request can break there. */
export function applies({ at, isReused }, { hasFile, isOnce, isOwn, isAfterLost }) {
  // What follows a broken connection has a new one. Without a gateway, nobody recognises a form that a browser repeats.
  if (isReused && (isAfterLost || (isOwn && isOnce))) return false;
  // A short body comes in one piece with its head.
  return hasFile || !['request middle', 'forwarded middle'].includes(at);
}

function nameOf({ at, how, framing, isReused, isLasting }) {
  const words = [how, framing, isReused && 'reused', isLasting && 'always'];
  return `${at}: ${words.filter(Boolean).join(', ')}`;
}
