// Type checks that work across realms. An object of an iframe, a popup or jsdom is no `instanceof` the page's own classes.

/**
 * Whether the value is an instance of a platform class or of a subclass. Compares the class's name with the
 * `Symbol.toStringTag` of each prototype, because a subclass may define a tag of its own. Classes of happy-dom have none.
 */
export function isInstance(value: unknown, name: 'Blob' | 'File' | 'Response' | 'URL'): boolean {
  for (let at = Object(value); at; at = Object.getPrototypeOf(at)) if (at[Symbol.toStringTag] === name) return true;
  return value instanceof (globalThis[name] ?? class {});
}

/** Whether the value is a `Blob`; a `File` is one. */
export const isBlob = (value: unknown): value is Blob => isInstance(value, 'Blob');

/** Whether the value is a `File`. */
export const isFile = (value: unknown): value is File => isInstance(value, 'File');

/** Whether the value is a `URL` object. */
export const isUrl = (value: unknown): value is URL => isInstance(value, 'URL');

/** Whether the value is a `Response`. */
export const isResponse = (value: unknown): value is Response => isInstance(value, 'Response');

/** Whether the value is a `Date`. A date has no tag, but the built-in description depends on its internal slot. */
export const isDate = (value: unknown): value is Date => Object.prototype.toString.call(value) === '[object Date]';
