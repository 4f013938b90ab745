// The element's attributes: their properties, and the options that they are.

import type { Restrictions, UploaderOptions } from '../api/types.js';

type Kind = 'text' | 'number' | 'boolean';

/** Each property with its attribute and what it holds. */
const ATTRIBUTES: Record<string, readonly [attribute: string, kind: Kind]> = {
  provider: ['provider', 'text'],
  gateway: ['gateway', 'text'],
  model: ['model', 'text'],
  route: ['route', 'text'],
  type: ['type', 'text'],
  // `role` is ARIA's, as an attribute and as a property.
  mediaRole: ['media-role', 'text'],
  limit: ['limit', 'text'],
  accept: ['accept', 'text'],
  maxFiles: ['max-files', 'number'],
  maxFileSize: ['max-file-size', 'number'],
  concurrency: ['concurrency', 'number'],
  name: ['name', 'text'],
  multiple: ['multiple', 'boolean'],
  required: ['required', 'boolean'],
  disabled: ['disabled', 'boolean'],
};

/** The attributes by name. */
export const OBSERVED = Object.values(ATTRIBUTES).map(([attribute]) => attribute);

/** The properties that attributes are kept in. */
export interface Reflected {
  /** The provider's id. */
  provider: string;
  /** The gateway's address. */
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
  /** What is taken, as in `<input>`; without it the picker shows what the provider takes. */
  accept: string;
  /** How many files, with `multiple`. */
  maxFiles: number | undefined;
  /** Bytes. */
  maxFileSize: number | undefined;
  /** How many uploads run at once. */
  concurrency: number | undefined;
  /** The name of the entries in the form. */
  name: string;
  /** Whether there may be more than one file. */
  multiple: boolean;
  /** Whether the form needs an upload. */
  required: boolean;
  /** Whether nothing can be done with it. */
  disabled: boolean;
}

/** Gives a class a property for each attribute. */
export function reflect(prototype: object): void {
  for (const [property, [attribute, kind]] of Object.entries(ATTRIBUTES))
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

/** Lets properties that were set before the element was defined reach their setters. */
export function upgrade(element: HTMLElement, ...others: string[]): void {
  for (const property of [...Object.keys(ATTRIBUTES), ...others]) {
    const own = Object.getOwnPropertyDescriptor(element, property);
    if (!own) continue;
    Reflect.deleteProperty(element, property);
    Reflect.set(element, property, own.value);
  }
}

/** The attributes and the property `options` as an `Uploader` takes them; `options` has the last word. */
export function optionsOf(element: Reflected, options: Partial<UploaderOptions>): UploaderOptions {
  const { provider, gateway, model, route, type, limit, mediaRole: role, concurrency } = element;
  const all = { provider, gateway, model, route, type, limit, role, concurrency };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value));
  const restrictions = { ...restrictionsOf(element), ...options.restrictions };
  return { ...given, ...options, restrictions };
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
