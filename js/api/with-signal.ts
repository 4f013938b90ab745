// Waiting for what cannot be stopped.

/** Settles like the promise, or rejects when the signal aborts. */
export async function withSignal<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T> {
  if (!signal) return await promise;
  return await new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
