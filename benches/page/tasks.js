// The longest task of the main thread.

const isReported = globalThis.PerformanceObserver?.supportedEntryTypes.includes('longtask');

/** How often a timer looks at the clock where the browser does not report long tasks. */
const TICK_MILLIS = 5;

/** Begins to watch; `stop` returns the milliseconds of the longest task. Where the browser reports them, 0 is up to 50 ms. */
export const watchTasks = isReported ? observeTasks : measureGaps;

function observeTasks() {
  let longest = 0;
  const keep = (entries) => {
    for (const { duration } of entries) longest = Math.max(longest, duration);
  };
  const observer = new PerformanceObserver((list) => keep(list.getEntries()));
  observer.observe({ type: 'longtask' });
  const stop = async () => {
    // An entry is added after its task.
    await new Promise((resolve) => setTimeout(resolve, 20));
    keep(observer.takeRecords());
    observer.disconnect();
    return longest;
  };
  return { stop };
}

/**
 * What looks at the clock and is late was kept waiting by a task, or by other programs. Firefox lets a timer wait behind
 * other timers. Messages do not wait, but one after the other costs processor time: `isTimed` is for what is measured, too.
 */
function measureGaps({ isTimed = true } = {}) {
  let longest = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - (isTimed ? TICK_MILLIS : 0));
    last = now;
  };
  const end = isTimed ? everyTick(look) : always(look);
  const stop = async () => {
    look();
    end();
    return longest;
  };
  return { stop };
}

function everyTick(look) {
  const timer = setInterval(look, TICK_MILLIS);
  return () => clearInterval(timer);
}

function always(look) {
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = () => {
    look();
    port1.postMessage(null);
  };
  port1.postMessage(null);
  return () => port2.close();
}
