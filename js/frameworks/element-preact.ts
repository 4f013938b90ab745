// mediaferry/element/preact: <media-ferry> in the JSX of Preact.

import type { ClassAttributes, HTMLAttributes } from 'preact';
import type { MediaFerryElement } from '../element.js';
import type {
  MediaFerryAttributes,
  MediaFerryChangeListener,
  MediaFerryListeners,
  MediaFerryProperties,
} from './element-props.js';

export * from '../element.js';
export type * from './element-props.js';

/** The props of `<media-ferry>`: attributes, properties, and listeners such as `onupload-success`. */
export type MediaFerryProps = HTMLAttributes<MediaFerryElement> &
  ClassAttributes<MediaFerryElement> &
  MediaFerryAttributes &
  MediaFerryProperties &
  MediaFerryListeners<'on'> &
  MediaFerryChangeListener;

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'media-ferry': MediaFerryProps;
    }
  }
}
