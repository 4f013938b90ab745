// mediaferry/element: importing it defines <media-ferry>, where there is a DOM to define it in.

import { MediaFerryElement } from './element/media-ferry.js';

export type { EventDetails, MediaFerryEventMap } from './element/events.js';
export type { Labels } from './element/labels.js';
export { MediaFerryElement } from './element/media-ferry.js';

declare global {
  interface HTMLElementTagNameMap {
    'media-ferry': MediaFerryElement;
  }
}

// A second copy of the package on a page leaves the first in its place.
if (globalThis.customElements && !customElements.get('media-ferry'))
  customElements.define('media-ferry', MediaFerryElement);
