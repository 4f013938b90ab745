// mediaferry/element/react: <media-ferry> in the JSX of React 19, which sets properties and adds listeners for custom events.

import type { DetailedHTMLProps, HTMLAttributes } from 'react';
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
export type MediaFerryProps = DetailedHTMLProps<HTMLAttributes<MediaFerryElement>, MediaFerryElement> &
  MediaFerryAttributes &
  MediaFerryProperties &
  MediaFerryListeners<'on'> &
  MediaFerryChangeListener;

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'media-ferry': MediaFerryProps;
    }
  }
}
