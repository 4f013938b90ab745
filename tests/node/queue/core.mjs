// A scripted core in place of js/runtime/client.ts: a test decides how each call goes.

/** Called for each call when it is serialised, and when it is made. */
export const script = { described: () => {}, called: () => {} };

export function callCore({ source }, { signal, pauseControl: pause, onEvent }) {
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
/** Only the source of a fixed file is hashed by itself, and these tests fix none. */
export const callLocal = () => Promise.reject(new Error('no call of this kind is scripted'));
