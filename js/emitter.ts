// Events with names and listeners.

/** What can be listened to: for each name, the arguments of a listener. */
type Facts<Events> = { [Name in keyof Events]: unknown[] };

/** One event: its name and the arguments of its listeners. */
export type Event<Events extends Facts<Events>> = {
  [Name in keyof Events]: [name: Name, ...facts: Events[Name]];
}[keyof Events];

/** Reports what the page's own code threw, as if nobody had caught it; Node has no `reportError`. */
export function report(error: unknown): void {
  (globalThis.reportError ?? console.error)(error);
}

/** An object with events. */
export class Emitter<Events extends Facts<Events>> {
  readonly #listeners: { [Name in keyof Events]?: Set<(...facts: Events[Name]) => void> } = {};
  readonly #due: Event<Events>[] = [];

  /** Vue reads this: it leaves the object as it is instead of wrapping it in a proxy, which private fields do not survive. @internal */
  protected get __v_skip(): boolean {
    return true;
  }

  /** Calls the listener for each event of this name. Returns an unsubscribe function. */
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

  /**
   * Dispatches events in order. Events that a listener causes follow when all listeners have had the present ones, so
   * every listener sees the same order. If a listener throws, the error is reported and the others are called.
   */
  protected emit(...events: Event<Events>[]): void {
    const isFirst = this.#due.length === 0;
    this.#due.push(...events);
    if (!isFirst) return;
    for (const [name, ...facts] of this.#due) {
      const listeners = this.#listeners[name];
      for (const listener of [...(listeners ?? [])]) {
        try {
          if (listeners?.has(listener)) listener(...(facts as never));
        } catch (error) {
          report(error);
        }
      }
    }
    this.#due.length = 0;
  }

  protected isHeard(name: keyof Events): boolean {
    return Boolean(this.#listeners[name]?.size);
  }
}
