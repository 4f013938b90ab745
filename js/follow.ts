// Signals that end uploads: one listener for each signal, however many thousands of uploads share it.

interface Abortable {
  abort(reason: unknown): void;
}

const followers = new WeakMap<AbortSignal, Set<Abortable>>();

/** Aborts the upload when the signal aborts. Returns a function that ends this. */
export function follow(signal: AbortSignal, upload: Abortable): () => void {
  let uploads = followers.get(signal);
  if (!uploads) {
    const all = new Set<Abortable>();
    followers.set(signal, all);
    signal.addEventListener('abort', () => {
      for (const one of all) one.abort(signal.reason);
    });
    uploads = all;
  }
  uploads.add(upload);
  return () => uploads.delete(upload);
}
