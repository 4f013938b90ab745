// Signals that end uploads: one listener for each signal, however many thousands of uploads share it.

interface Abortable {
  abort(reason: unknown): void;
}

const followers = new WeakMap<AbortSignal, Set<Abortable>>();

/** Aborts the upload when the signal aborts. Returns a function that ends this. */
export function follow(signal: AbortSignal, upload: Abortable): () => void {
  const uploads = followers.get(signal) ?? new Set();
  if (!followers.has(signal)) {
    followers.set(signal, uploads);
    signal.addEventListener('abort', () => {
      for (const one of uploads) one.abort(signal.reason);
    });
  }
  uploads.add(upload);
  return () => uploads.delete(upload);
}
