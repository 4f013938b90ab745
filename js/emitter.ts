// Events with names and listeners.

/** What may be listened to: for each name, what a listener is called with. */
type Facts<Events> = { [Name in keyof Events]: unknown[] };

/** Something that others can listen to. */
export class Emitter<Events extends Facts<Events>> {
  readonly #listeners: { [Name in keyof Events]?: Set<(...facts: Events[Name]) => void> } = {};

  /** Calls the listener at each of these events; gives what ends that. */
  on<Name extends keyof Events>(
    name: Name,
    listener: (...facts: Events[Name]) => void,
    { once, signal }: { once?: boolean; signal?: AbortSignal } = {},
  ): () => void {
    const called = (...facts: Events[Name]) => {
      if (once) forget();
      listener(...facts);
    };
    const forget = () => {
      this.#listeners[name]?.delete(called);
      signal?.removeEventListener('abort', forget);
    };
    if (signal?.aborted) return forget;
    signal?.addEventListener('abort', forget);
    this.#listeners[name] ??= new Set();
    this.#listeners[name].add(called);
    return forget;
  }

  /** Tells all who listen. A listener that throws is the page's affair: the others hear of it all the same. */
  protected emit<Name extends keyof Events>(name: Name, ...facts: Events[Name]): void {
    for (const listener of [...(this.#listeners[name] ?? [])]) {
      try {
        listener(...facts);
      } catch (error) {
        reportError(error);
      }
    }
  }

  protected isHeard(name: keyof Events): boolean {
    return Boolean(this.#listeners[name]?.size);
  }
}
