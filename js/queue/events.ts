// The events of a queue.

import { report } from '../api/report.js';
import type { UploaderEvents } from '../api/types.js';
import { DETAILS, type EventDetails } from './event-details.js';

/** An event that is due: its name and the arguments of a listener of `on`. */
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

/** An object with the events of a queue. */
export class QueueEvents extends EventTarget {
  readonly #due: DueEvent[] = [];

  /** Vue reads this: it leaves the object as it is instead of wrapping it in a proxy, which private fields do not survive. @internal */
  protected get __v_skip(): boolean {
    return true;
  }

  /**
   * Calls the listener for each event of this name with the event's arguments. If it throws, the error is reported.
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
    super.addEventListener(name, call, options);
    return () => super.removeEventListener(name, call);
  }

  /** The same as a DOM event: its `detail` has the arguments by name. */
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
    super.addEventListener(type, listener, options);
  }

  /**
   * Dispatches events in order. Events that a listener causes follow when all listeners have had the present ones, so
   * every listener sees the same order.
   */
  protected emit(...events: DueEvent[]): void {
    const isFirst = this.#due.length === 0;
    this.#due.push(...events);
    if (!isFirst) return;
    for (const [name, ...args] of this.#due) this.dispatchEvent(new QueueEvent(name, args));
    this.#due.length = 0;
  }
}
