// Errors that the page's own code throws.

/** Reports an error of the page's own code as if it were uncaught. Node.js has no `reportError`. */
export function report(error: unknown): void {
  (globalThis.reportError ?? console.error)(error);
}
