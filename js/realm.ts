// What a value is, whichever realm made it: objects of an iframe, a popup or jsdom fail every `instanceof` of the page's own
// classes.

/**
 * Whether the value is an instance of a platform class or of a subclass. Compares the class's name with the
 * `Symbol.toStringTag` of each prototype: a subclass may have a tag of its own, but it keeps the prototypes below it.
 */
export function isInstance(value: unknown, name: string): boolean {
  for (let at = Object(value); at; at = Object.getPrototypeOf(at)) if (at[Symbol.toStringTag] === name) return true;
  return false;
}

/** A `Blob`, which includes every `File`. */
export const isBlob = (value: unknown): value is Blob => isInstance(value, 'Blob');

/** A `File`. */
export const isFile = (value: unknown): value is File => isInstance(value, 'File');

/** A `URL` object. */
export const isUrl = (value: unknown): value is URL => isInstance(value, 'URL');

/** A `Response` of `fetch`. */
export const isResponse = (value: unknown): value is Response => isInstance(value, 'Response');

/** A `Date`. It has no tag; its internal slot shows in the built-in description. */
export const isDate = (value: unknown): value is Date => Object.prototype.toString.call(value) === '[object Date]';
