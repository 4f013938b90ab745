// What the element's class stands on: an element with a property for each attribute, and with events of its own.

import { type Reflected, reflect } from './attributes.js';
import type { MediaFerryEventMap } from './events.js';

interface Reflecting extends HTMLElement, Reflected {
  /** Listens to one of its own events. */
  addEventListener<Name extends keyof MediaFerryEventMap>(
    type: Name,
    listener: (this: this, event: MediaFerryEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Listens to any other event. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

// Where there is no DOM, importing this must not throw.
const Plain = globalThis.HTMLElement ?? class {};
const Properties = class extends Plain {};
reflect(Properties.prototype);

export const Base = Properties as unknown as new () => Reflecting;
