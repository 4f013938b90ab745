// The element's attributes as properties and as options of an `Uploader`.

import type { FixSettings, Restrictions, UploaderOptions } from '../api/types.js';

type Kind = 'text' | 'number' | 'boolean';

/** The properties that reflect attributes, by type. The attribute and the property `role` belong to ARIA. */
const PROPERTIES: Record<Kind, string> = {
  text: 'provider gateway model route type mediaRole limit privacy accept view details name',
  number: 'maxFiles maxFileSize concurrency',
  boolean: 'fix multiple required disabled resume',
};

/** Each property with its attribute and its type: `maxFiles` is `max-files`. */
const ATTRIBUTES = Object.entries(PROPERTIES).flatMap(([kind, names]) =>
  names
    .split(' ')
    .map((name) => [name, name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), kind as Kind] as const),
);

/** The names of the attributes. */
export const OBSERVED = ATTRIBUTES.map(([, attribute]) => attribute);

/** The properties that reflect attributes. */
export interface Reflected {
  /** The provider's id. */
  provider: string;
  /** The gateway's URL; `''` for the page's own origin. */
  gateway: string;
  /** The option `model`. */
  model: string;
  /** The option `route`. */
  route: string;
  /** The option `type`. */
  type: string;
  /** The option `role`. */
  mediaRole: string;
  /** The option `limit`. */
  limit: string;
  /** Whether a file that violates a limit is fixed, after the user has agreed to the plan. */
  fix: boolean;
  /** The option `privacy`: `'strip-location'` or `'strip-metadata'`. An empty attribute is `'strip-location'`. */
  privacy: string;
  /** The accepted types, as in `<input>`. If it is empty, the picker shows the types that the provider accepts. */
  accept: string;
  /** The maximum number of files, with `multiple`. */
  maxFiles: number | undefined;
  /** The maximum size of a file in bytes. */
  maxFileSize: number | undefined;
  /** The maximum number of uploads that run at the same time; if it is not set, 4, or up to 8 while some files are below 1 MiB. */
  concurrency: number | undefined;
  /** `'grid'` shows large thumbnails beside each other; otherwise the uploads are a list. */
  view: string;
  /** The optional parts of each upload: `facts`, `asset`, `providers` and `video`, separated by spaces, or `all`. */
  details: string;
  /** The name of the entries in the form's data. */
  name: string;
  /** Whether more than one file is allowed. */
  multiple: boolean;
  /** Whether the form requires an upload. */
  required: boolean;
  /** Whether the element is disabled. */
  disabled: boolean;
  /** Whether large uploads can be resumed after a reload. Interrupted ones are listed, with the names of their files. */
  resume: boolean;
}

/** Defines a property for each attribute. */
export function reflect(prototype: object): void {
  for (const [property, attribute, kind] of ATTRIBUTES)
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get(this: HTMLElement) {
        return read(this, attribute, kind);
      },
      set(this: HTMLElement, value: unknown) {
        write(this, attribute, value);
      },
    });
}

/** Passes properties that were set before the element was defined to their setters. */
export function upgrade(element: HTMLElement, ...others: string[]): void {
  for (const property of [...ATTRIBUTES.map(([name]) => name), ...others]) {
    const own = Object.getOwnPropertyDescriptor(element, property);
    if (!own) continue;
    Reflect.deleteProperty(element, property);
    Reflect.set(element, property, own.value);
  }
}

/**
 * The options of the `Uploader`: those of the attributes, overridden by the property `options`. With the attribute `fix`,
 * `confirm` asks the user.
 */
export function optionsOf(
  element: Reflected & Pick<Element, 'getAttribute'>,
  options: Partial<UploaderOptions>,
  confirm?: FixSettings['confirm'],
): UploaderOptions {
  const { provider, gateway, model, route, type, limit, mediaRole: role, concurrency } = element;
  const privacy = privacyOf(element);
  const resume = element.resume && { names: true };
  const all = { provider, gateway, model, route, type, limit, role, concurrency, privacy, resume };
  const set = Object.fromEntries(Object.entries(all).filter(([, value]) => value));
  const restrictions = { ...restrictionsOf(element), ...options.restrictions };
  const fix = element.fix && { fix: { confirm, ...(Object(options.fix) as FixSettings) } };
  return { ...set, ...options, ...fix, restrictions } as UploaderOptions;
}

/** With an empty attribute, nobody expects that the location is sent. Other values are passed on: the upload rejects them. */
function privacyOf(element: Pick<Element, 'getAttribute'>): string | undefined {
  const value = element.getAttribute('privacy') ?? undefined;
  const name = value?.trim().toLowerCase();
  if (name === '') return 'strip-location';
  return name === 'strip-location' || name === 'strip-metadata' ? name : value;
}

function restrictionsOf({ accept, multiple, maxFiles, maxFileSize }: Reflected): Restrictions {
  const allowedFileTypes = accept.split(',').flatMap((entry) => entry.trim() || []);
  const most = multiple ? maxFiles : 1;
  return {
    ...(allowedFileTypes.length > 0 ? { allowedFileTypes } : {}),
    ...(most === undefined ? {} : { maxNumberOfFiles: most }),
    ...(maxFileSize === undefined ? {} : { maxFileSize }),
  };
}

function read(element: HTMLElement, attribute: string, kind: Kind): string | number | boolean | undefined {
  if (kind === 'boolean') return element.hasAttribute(attribute);
  const text = element.getAttribute(attribute) ?? '';
  if (kind === 'text') return text;
  const number = Number(text);
  return number >= 1 ? number : undefined;
}

function write(element: HTMLElement, attribute: string, value: unknown): void {
  if (typeof value === 'boolean') element.toggleAttribute(attribute, value);
  else if (value === undefined || value === null) element.removeAttribute(attribute);
  else element.setAttribute(attribute, String(value));
}
