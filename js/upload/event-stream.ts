// The events of an upload as an async iteration.

import type { RemoteAsset, UploadEvent } from '../api/types.js';

/** An event of a task, or its end if it did not succeed. */
export type TaskEvent<A extends RemoteAsset> = UploadEvent<A> | { type: 'error'; error: unknown };

/** The parts of a task that an iteration needs. */
interface Observable<A extends RemoteAsset> {
  readonly isOver: boolean;
  readonly result: Promise<A>;
  /** Calls the watcher for each event. Returns an unsubscribe function. */
  watch(watcher: (event: TaskEvent<A>) => void): () => void;
}

/** Yields the events of a task until it succeeds. Throws the error or the reason if it fails or is aborted. */
export async function* iterateEvents<A extends RemoteAsset>(
  task: Observable<A>,
): AsyncGenerator<UploadEvent<A>, void, undefined> {
  const queue: TaskEvent<A>[] = [];
  let wake = () => {};
  const unwatch = task.watch((event) => {
    // Only the latest of consecutive progress events matters.
    if (event.type === 'progress' && queue.at(-1)?.type === 'progress') queue.pop();
    queue.push(event);
    wake();
  });
  // The iteration throws the error, so the rejection of the promise is handled.
  const end = task.result.then(
    (asset): TaskEvent<A> => ({ type: 'success', asset }),
    (error: unknown): TaskEvent<A> => ({ type: 'error', error }),
  );
  try {
    if (task.isOver) queue.push(await end);
    for (;;) {
      const event = queue.shift();
      if (!event) await new Promise<void>((resolve) => (wake = resolve));
      else if (event.type === 'error') throw event.error;
      else yield event;
      if (event?.type === 'success') return;
    }
  } finally {
    unwatch();
  }
}
