// mediaferry/element/vue: <media-ferry> in the templates of Vue. Tell the compiler about the tag, too: `isCustomElement`.

import type { EmitFn, HTMLAttributes, PublicProps } from 'vue';
import type { MediaFerryElement } from '../element.js';
import type { MediaFerryAttributes, MediaFerryEvents, MediaFerryProperties } from './element-props.js';

export * from '../element.js';
export type { MediaFerryAttributes, MediaFerryEvents, MediaFerryProperties } from './element-props.js';

/** `<media-ferry>` as a component, as Vue's documentation describes it for custom elements. */
export type MediaFerryComponent = new () => MediaFerryElement & {
  /** The props: attributes and properties. */
  $props: HTMLAttributes & MediaFerryAttributes & MediaFerryProperties & PublicProps;
  /** The events, for `@upload-success`. */
  $emit: EmitFn<{ [Name in keyof MediaFerryEvents]: (event: MediaFerryEvents[Name]) => void }>;
};

declare module 'vue' {
  interface GlobalComponents {
    'media-ferry': MediaFerryComponent;
  }
}
