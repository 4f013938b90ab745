// Errors of the page's own code.

/** Reports what the page's own code threw, as if it were uncaught. Node has no `reportError`. */
export function report(error: unknown): void {
  (globalThis.reportError ?? console.error)(error);
}
