// mediaferry/element: importing it defines <media-ferry>. Without a DOM it does nothing.

import { MediaFerryElement } from './element/media-ferry.js';

export type { EventDetails, MediaFerryEventMap, ProviderSelection } from './element/events.js';
export type { DetailLabels, ElementLabels, FixLabels, Labels } from './element/labels.js';
export { MediaFerryElement } from './element/media-ferry.js';

declare global {
  interface HTMLElementTagNameMap {
    'media-ferry': MediaFerryElement;
  }
}

// A second copy of the package on a page does not redefine the element.
if (globalThis.customElements && !customElements.get('media-ferry'))
  customElements.define('media-ferry', MediaFerryElement);
