// The events of a queue.

import { report } from '../api/report.js';
import type { UploaderEvents } from '../api/types.js';
import { DETAILS, type EventDetails } from './event-details.js';

/** An event to dispatch: its name and the arguments of its listeners. */
export type DueEvent = {
  [Name in keyof UploaderEvents]: [name: Name, ...args: UploaderEvents[Name]];
}[keyof UploaderEvents];

class QueueEvent extends CustomEvent<object> {
  constructor(
    name: keyof UploaderEvents,
    readonly args: unknown[],
  ) {
    super(name, { detail: (DETAILS[name] as (...args: unknown[]) => object)(...args) });
  }
}

/** The number of events that are dispatched in one task. Thousands of uploads may be cancelled at once. */
const MAX_EVENTS = 250;

/** An object with the events of a queue. */
export class QueueEvents extends EventTarget {
  readonly #due: DueEvent[] = [];
  /** The number of events that were dispatched in the present task. */
  #dispatched = 0;
  /** The names that have had a listener. Thousands of uploads may be cancelled at once, so other events are not created. */
  readonly #listened = new Set<string>();

  /** Makes Vue use the object itself instead of a proxy, which cannot access private fields. @internal */
  protected get __v_skip(): boolean {
    return true;
  }

  /**
   * Calls the listener for each event of this name, with the event's arguments. An error that it throws is reported.
   * @returns a function that unsubscribes
   */
  on<Name extends keyof UploaderEvents>(
    name: Name,
    listener: (...args: UploaderEvents[Name]) => void,
    options: { once?: boolean; signal?: AbortSignal } = {},
  ): () => void {
    const call = (event: Event) => {
      try {
        listener(...((event as QueueEvent).args as never));
      } catch (error) {
        report(error);
      }
    };
    this.#listened.add(name);
    super.addEventListener(name, call, options);
    return () => super.removeEventListener(name, call);
  }

  /** Adds a listener for the `CustomEvent` of this name. Its `detail` contains the event's arguments by name. */
  override addEventListener<Name extends keyof EventDetails>(
    type: Name,
    listener: (this: this, event: CustomEvent<EventDetails[Name]>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(type: string, listener: never, options?: boolean | AddEventListenerOptions): void {
    this.#listened.add(type);
    super.addEventListener(type, listener, options);
  }

  /**
   * Dispatches events in order. Events that a listener causes are dispatched after the current ones, so every listener
   * receives them in the same order. If there are thousands, the rest is dispatched in later tasks.
   */
  protected emit(...events: DueEvent[]): void {
    const isFirst = this.#due.length === 0;
    this.#due.push(...events);
    if (isFirst) this.#dispatch();
  }

  #dispatch(): void {
    let next = 0;
    for (; next < this.#due.length && this.#dispatched < MAX_EVENTS; next += 1) {
      const [name, ...args] = this.#due[next] as DueEvent;
      if (!this.#listened.has(name)) continue;
      if (this.#dispatched++ === 0) {
        setTimeout(() => {
          this.#dispatched = 0;
          this.#dispatch();
        });
      }
      this.dispatchEvent(new QueueEvent(name, args));
    }
    this.#due.splice(0, next);
  }
}
