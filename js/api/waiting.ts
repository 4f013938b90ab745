// Waiting for what cannot be stopped, but not longer than until a signal aborts or a time is over.

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

/** Settles like the promise, or rejects after the time. */
export async function withTimeout<T>(promise: Promise<T>, millis: number, late: () => unknown): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), millis);
  });
  return await Promise.race([promise, end]).finally(() => clearTimeout(timer));
}
