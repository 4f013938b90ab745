// A scripted core in place of js/runtime/load-client.ts and calls.ts: a test decides how each call goes.

import { runUpload } from '../../../js/upload/run-upload.ts';

/** Called for each call when it is serialised, and when it is made. With `fixes`, every file is fixed. */
export const script = { described: () => {}, called: () => {}, fixes: false };

const client = {
  upload: (source, options, state, attempt) => runUpload(tools, { source, options, state }, attempt),
  discardParts: (options, continuation) => {
    script.described('discard', options, { continuation });
    return callCore({}, { pauseControl: {}, signal: new AbortController().signal, onEvent: () => {} });
  },
};
export const loadClient = async () => client;
export const close = async () => {};

const tools = {
  cores: {
    call: callCore,
    // Only the source of a fixed file is hashed by itself, and it cannot be read here.
    callLocal: () => Promise.reject(new Error('no call of this kind is scripted')),
  },
  fixer: async () => {
    if (!script.fixes) throw new Error('no upload here has the option');
    return { fix };
  },
  discardParts: client.discardParts,
};

/** Fixes a file by one step, if the page allows it. */
async function fix(source, { confirm = () => true, signal }) {
  if (!(await confirm({}, source, { signal }))) throw new Error('not allowed');
  return {
    file: new File(['fixed'], 'fixed.png', { type: 'image/png' }),
    report: { steps: [{ kind: 'strip-metadata' }] },
  };
}

function callCore({ source }, { signal, pauseControl: pause, onEvent }) {
  return new Promise((resolve, reject) => {
    const call = { source, pause, isHeld: false, isOver: false };
    const end = (settle) => (value) => {
      call.isOver = true;
      settle(value);
    };
    call.succeed = end(resolve);
    call.fail = end(reject);
    call.emit = (event) => call.isOver || onEvent(event);
    /** A request that must not be sent twice is not cancelled, so a test decides when the core pauses. */
    call.hold = () => {
      if (call.isOver || !pause.paused || call.isHeld) return;
      call.isHeld = true;
      onEvent({ type: 'status', status: 'paused' });
    };
    pause.changed = () => {
      if (!pause.paused) call.isHeld = false;
    };
    signal.addEventListener('abort', () => call.fail(signal.reason));
    script.called(call);
  });
}

export function serializeCall(method, options, more, source) {
  script.described(method, options, more);
  return { source };
}
export const finite = (value) => value;
export const createQueryHandler = () => undefined;
export const parseDates = (asset) => asset;
