// Dispatches the events of the queue at the element.

import { EVENT_NAMES, type EventDetails } from '../queue/event-details.js';
import type { Uploader } from '../queue/uploader.js';

export type { EventDetails };

/** The events of the element: those of the queue and of every element. `change` is dispatched when the value changes. */
export type MediaFerryEventMap = Omit<HTMLElementEventMap, keyof EventDetails> & {
  [Name in keyof EventDetails]: CustomEvent<EventDetails[Name]>;
};

/** Dispatches each event of the queue at the target, too. */
export function forward(uploader: Uploader, target: EventTarget): void {
  for (const name of EVENT_NAMES)
    uploader.addEventListener(name, ({ detail }) => target.dispatchEvent(new CustomEvent(name, { detail })));
}
