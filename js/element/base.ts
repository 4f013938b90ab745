// The base class of the element: an HTMLElement with a property for each attribute, and typed events.

import { type Reflected, reflect } from './attributes.js';
import type { MediaFerryEventMap } from './events.js';

interface Reflecting extends HTMLElement, Reflected {
  /** Adds a listener for one of the element's own events. */
  addEventListener<Name extends keyof MediaFerryEventMap>(
    type: Name,
    listener: (this: this, event: MediaFerryEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Adds a listener for any other event. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

// Without a DOM, importing this module must not throw.
const Plain = globalThis.HTMLElement ?? class {};
const Properties = class extends Plain {};
reflect(Properties.prototype);

export const Base = Properties as unknown as new () => Reflecting;
