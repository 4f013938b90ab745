// What the types of the frameworks share: the attributes, properties and events of <media-ferry>, derived from the element.

import type { OptionValues, ProviderId } from '../api/types.js';
import type { Reflected } from '../element/attributes.js';
import type { EventDetails, MediaFerryEventMap } from '../element/events.js';
import type { MediaFerryElement } from '../element.js';

/** The properties that a template can assign. */
export type MediaFerryProperties = {
  [Name in keyof Reflected]?: Value<Name> | undefined;
} & {
  /** Options that have no attribute, such as a custom provider, `messages` or a signal. They override the attributes. */
  options?: MediaFerryElement['options'] | undefined;
  /** The texts of the element. Missing ones are in English. */
  labels?: Partial<MediaFerryElement['labels']> | undefined;
};

/** The attributes by their names in HTML, such as `max-files`. */
export type MediaFerryAttributes = { [Name in keyof Reflected as Kebab<Name>]?: Value<Name> | undefined };

/** Listeners by the names of the events with a prefix: `on` for `onupload-success`. */
export type MediaFerryListeners<Prefix extends string> = {
  [Name in keyof MediaFerryEvents as `${Prefix}${Name}`]?: ((event: MediaFerryEvents[Name]) => void) | undefined;
};

/** The events of the element that have details: those of the queue, and `provider-select`. */
export type MediaFerryEvents = Pick<MediaFerryEventMap, keyof EventDetails | 'provider-select'>;

/** A listener of `change` for JSX whose own types have only `onChange`. */
export interface MediaFerryChangeListener {
  /** The value has changed. `onChange` is called for the same event. */
  onchange?: ((event: Event & { readonly currentTarget: MediaFerryElement }) => void) | undefined;
}

/** The value of an attribute. HTML has numbers as text. */
type Value<Name extends keyof Reflected> = Name extends 'provider'
  ? ProviderId
  : Name extends keyof OptionValues
    ? OptionValues[Name]
    : number extends Reflected[Name]
      ? number | `${number}`
      : Reflected[Name];

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `-${Lowercase<First>}`}${Kebab<Rest>}`
  : '';
