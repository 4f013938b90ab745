// The minimum for a package of this kind: a worker with a module of 50 KB.

/** Resolves when the worker has instantiated the module. */
export function instantiate() {
  const worker = new Worker(new URL('./workers/bare.js', import.meta.url));
  return new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = reject;
  });
}
