// JavaScript for the tests of the shell: a mock network, a fast clock, and special Blobs.

const real = {
  XMLHttpRequest,
  fetch: fetch.bind(globalThis),
  setTimeout: setTimeout.bind(globalThis),
  Date,
};
let seen = [];
let steps = [];
let clock = { start: 0, now: 0 };

/** The outcomes of the next requests: a response `{ status?, body?, sent?, silent? }`, `'break'`, or `'silence'`. */
export function installMockNetwork(script) {
  seen = [];
  steps = JSON.parse(script);
  globalThis.XMLHttpRequest = MockXhr;
  globalThis.fetch = mockFetch;
}

export const requests = () => seen;

export function restore() {
  Object.assign(globalThis, real);
  delete performance.now;
}

/** Waits are a thousand times shorter, and only waits advance the clock: a busy machine changes no time. */
export function useFastClock() {
  const start = real.Date.now();
  clock = { start, now: start };
  globalThis.Date = class extends real.Date {
    static now = () => clock.now;
  };
  performance.now = () => clock.now - clock.start;
  globalThis.setTimeout = (callback, millis) => {
    const its = clock;
    const due = its.now + millis;
    const fire = () => {
      its.now = Math.max(its.now, due);
      callback();
    };
    return real.setTimeout(fire, millis / 1000);
  };
}

export const elapsedMillis = () => clock.now - clock.start;

let counter;
let counted = 0;

export function countTicks() {
  counted = 0;
  counter = setInterval(() => {
    counted += 1;
  }, 1);
}

export function ticks() {
  clearInterval(counter);
  return counted;
}

/** A function that records its arguments in its property `events`. */
export function recorder() {
  const record = (event) => void record.events.push(event);
  record.events = [];
  return record;
}

/** A host that only reads. */
export const makeHost = () => async (what, about) => (what === 'readBlob' ? await about.arrayBuffer() : undefined);

/** A callback that returns these responses in turn and records its arguments in its property `events`. */
export function responding(responses) {
  const left = JSON.parse(responses);
  const callback = async (what, about) => {
    // Not callbacks of the page.
    if (/^(readBlob|digest|freeBuffer)$/.test(what)) return makeHost()(what, about);
    callback.events.push({ what, about });
    return left.shift() ?? (await new Promise(() => {}));
  };
  callback.events = [];
  return callback;
}

export function numberedBlob(mebibytes) {
  return new Blob(Array.from({ length: mebibytes }, (_, at) => new Uint8Array(1 << 20).fill(at)));
}

export function readyBlob(mebibytes) {
  const blob = new Blob();
  let left = mebibytes << 20;
  pretendSize(blob, left);
  const pull = (controller) => {
    const request = controller.byobRequest;
    const bytes = Math.min(left, request.view.byteLength);
    left -= bytes;
    if (bytes === 0) controller.close();
    request.respond(bytes);
  };
  blob.stream = () => new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 1 << 20, pull });
  return blob;
}

export function pretendSize(blob, size) {
  Object.defineProperty(blob, 'size', { value: size });
}

/** Waits until all ready tasks have run. */
export const settle = () => new Promise((resolve) => real.setTimeout(resolve, 20));

/** The same by the clock of the test, so that a fast clock makes the network as fast. */
const settleByClock = () => new Promise((resolve) => setTimeout(resolve, 20));

const step = (request) => {
  seen.push(request);
  return steps.shift() ?? 'silence';
};

class MockXhr {
  upload = {};
  headers = {};

  open(method, url) {
    Object.assign(this, { method, url });
  }

  setRequestHeader(name, value) {
    this.headers[name.toLowerCase()] = value;
  }

  send(body) {
    this.sentBody = body;
    this.respond(step(this));
  }

  async respond(next) {
    if (next === 'silence') return;
    const total = next.total ?? 100;
    for (const loaded of next.sent ?? []) {
      await settleByClock();
      this.upload.onprogress?.(new ProgressEvent('progress', { lengthComputable: true, loaded, total }));
    }
    await settleByClock();
    if (next.silent) return;
    if (next === 'break' || next.broken) return this.onerror?.(new ProgressEvent('error'));
    this.status = next.status ?? 200;
    this.response = new TextEncoder().encode(JSON.stringify(next.body ?? {})).buffer;
    this.onload?.(new ProgressEvent('load'));
  }

  getAllResponseHeaders() {
    return '';
  }

  abort() {
    this.aborted = true;
  }
}

async function mockFetch(request) {
  const record = { method: request.method, url: request.url, headers: Object.fromEntries(request.headers) };
  request.signal.addEventListener('abort', () => {
    record.aborted = true;
  });
  const next = step(record);
  if (next === 'silence') return await new Promise(() => {});
  if (next === 'break') throw new TypeError('Failed to fetch');
  return new Response(JSON.stringify(next.body ?? {}), { status: next.status ?? 200 });
}

/** A function that passes events on, and keeps the outcome, which is the last one, in its property `outcome`. */
export function keepingOutcome(onEvent) {
  const keep = (event) => {
    if (/^(result|failure|cancelled)$/.test(event.type)) keep.outcome = event;
    else onEvent(event);
  };
  return keep;
}
