// mediaferry/element/solid: <media-ferry> in the JSX of Solid.

import type { JSX } from 'solid-js';
import type { MediaFerryElement } from '../element.js';
import type { MediaFerryAttributes, MediaFerryListeners, MediaFerryProperties } from './element-props.js';

export * from '../element.js';
export type * from './element-props.js';

/** The props of `<media-ferry>`: attributes, properties (also as `prop:options`), and listeners such as `on:upload-success`. */
export type MediaFerryProps = JSX.HTMLAttributes<MediaFerryElement> &
  MediaFerryAttributes &
  MediaFerryProperties & {
    [Name in keyof MediaFerryProperties as `prop:${Name}`]?: MediaFerryProperties[Name];
  } & MediaFerryListeners<'on:'>;

declare module 'solid-js' {
  namespace JSX {
    interface IntrinsicElements {
      'media-ferry': MediaFerryProps;
    }
  }
}
