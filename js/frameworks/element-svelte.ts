// mediaferry/element/svelte: <media-ferry> in the templates of Svelte.

import type { HTMLAttributes } from 'svelte/elements';
import type { MediaFerryElement } from '../element.js';
import type { MediaFerryAttributes, MediaFerryListeners, MediaFerryProperties } from './element-props.js';

export * from '../element.js';
export type * from './element-props.js';

/** The props of `<media-ferry>`: attributes, properties, and listeners such as `onupload-success` or, in Svelte 4, `on:upload-success`. */
export type MediaFerryProps = HTMLAttributes<MediaFerryElement> &
  MediaFerryAttributes &
  MediaFerryProperties &
  MediaFerryListeners<'on'> &
  MediaFerryListeners<'on:'>;

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'media-ferry': MediaFerryProps;
  }
}
