// Signals that abort uploads. Thousands of uploads may share a signal, so each signal has only one listener.

interface Abortable {
  abort(reason: unknown): void;
}

const followers = new WeakMap<AbortSignal, Set<Abortable>>();

/** Aborts the upload when the signal aborts. Returns an unsubscribe function. */
export function abortWith(signal: AbortSignal, upload: Abortable): () => void {
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
