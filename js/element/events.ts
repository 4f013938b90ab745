// The events of the queue as events of the element.

import { EVENT_NAMES, type EventDetails } from '../queue/event-details.js';
import type { Uploader } from '../queue/uploader.js';

export type { EventDetails };

/** The element's own events, beside those that every element has. `change` is dispatched when its value changes. */
export type MediaFerryEventMap = Omit<HTMLElementEventMap, keyof EventDetails> & {
  [Name in keyof EventDetails]: CustomEvent<EventDetails[Name]>;
};

/** Dispatches the events of the queue at the element. */
export function forward(uploader: Uploader, target: EventTarget): void {
  for (const name of EVENT_NAMES)
    uploader.addEventListener(name, ({ detail }) => target.dispatchEvent(new CustomEvent(name, { detail })));
}
