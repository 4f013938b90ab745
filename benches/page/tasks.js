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

/** A timer that is late was kept waiting by a task, or by other programs. */
function measureGaps() {
  let longest = 0;
  let last = performance.now();
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK_MILLIS);
    last = now;
  };
  const timer = setInterval(look, TICK_MILLIS);
  const stop = async () => {
    look();
    clearInterval(timer);
    return longest;
  };
  return { stop };
}
