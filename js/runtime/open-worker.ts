// Workers that run a core.

/** A worker that starts. `failed` resolves to the reason if it does not. */
export interface OpenedWorker {
  worker: Worker;
  failed: Promise<string>;
}

/** Whether this is a page or a web worker. A worker would keep Bun from exiting, and other runtimes have none. */
export const mayHaveWorkers = () => 'document' in globalThis || 'WorkerGlobalScope' in globalThis;

/**
 * Opens a worker. Its errors are not reported before its first message: another kind of host replaces it.
 * @throws an error of the browser
 */
export async function openWorker(url: string | URL | undefined): Promise<OpenedWorker> {
  if (url === undefined) throw new Error('no worker script');
  // A classic worker: the script has no imports, and more browsers support it.
  const worker = new Worker(url, { name: 'mediaferry' });
  const failed = new Promise<string>((resolve) => {
    let isRunning = false;
    worker.addEventListener('message', () => (isRunning = true), { once: true });
    worker.addEventListener('error', (event) => {
      // Errors of a running worker affect one call at most.
      if (isRunning) return;
      event.preventDefault();
      resolve(event.message || 'the worker did not start');
    });
  });
  return { worker, failed };
}

/** Ends a worker that is not needed. */
export function endWorker(opening: Promise<OpenedWorker> | undefined): void {
  opening?.then(
    ({ worker }) => worker.terminate(),
    () => {},
  );
}
