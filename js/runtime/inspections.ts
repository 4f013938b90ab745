// How many files are inspected at the same time. What has been read of each is in memory until it is identified.

/** An inspection takes milliseconds: more at a time are not faster. */
const MAX_INSPECTIONS = 16;
/** How long one waits, at most: files on a drive that is away may be stuck, and must not stop others. */
const MAX_WAIT_MILLIS = 5_000;

let inspections = 0;
const waiting = new Set<() => void>();

/** Waits for its turn. Call the returned function when the file is identified. */
export async function beginInspection(): Promise<() => void> {
  if (inspections >= MAX_INSPECTIONS) await turn();
  inspections += 1;
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    inspections -= 1;
    const [next] = waiting;
    next?.();
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    const start = () => {
      waiting.delete(start);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(start, MAX_WAIT_MILLIS);
    waiting.add(start);
  });
}
