// Measures the longest task of the main thread.

const isReported = globalThis.PerformanceObserver?.supportedEntryTypes.includes('longtask');

/** The interval of the timer that is used if the browser does not report long tasks. */
const TICK_MILLIS = 5;

/** Starts watching; `stop` returns the milliseconds of the longest task, or 0 if the browser reports none (above 50 ms). */
export const watchTasks = isReported ? observeTasks : measureGaps;

function observeTasks() {
  let longest = 0;
  const keep = (entries) => {
    for (const { duration } of entries) longest = Math.max(longest, duration);
  };
  const observer = new PerformanceObserver((list) => keep(list.getEntries()));
  observer.observe({ type: 'longtask' });
  const stop = async () => {
    // The entry of a task is added after the task.
    await new Promise((resolve) => setTimeout(resolve, 20));
    keep(observer.takeRecords());
    observer.disconnect();
    return longest;
  };
  return { stop };
}

/**
 * If a callback is late, a task or another program has delayed it. In Firefox, other timers also delay a timer. Messages are not
 * delayed by timers, but a constant sequence of them takes processor time. Use `isTimed` if the time is measured, too.
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
