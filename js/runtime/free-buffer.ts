// Frees the memory of bytes. Engines do so late: a large file that is read in pieces may then be in memory as a whole.

/**
 * Whether `transfer(0)` frees the memory. It does, and at once, in Firefox and WebKit. Chromium 156 keeps it, and no longer counts
 * it when it decides whether to collect garbage. Only Chromium has `userAgentData`, and only in secure contexts.
 */
const transferFrees =
  globalThis.isSecureContext &&
  !('userAgentData' in globalThis.navigator) &&
  typeof ArrayBuffer.prototype.transfer === 'function';

/** Frees the memory of a buffer now, which is then detached. */
export function freeBuffer(buffer: ArrayBuffer): void {
  if (transferFrees) {
    buffer.transfer(0);
    return;
  }
  // Nobody receives the message that it is sent with.
  const { port1, port2 } = new MessageChannel();
  port2.close();
  port1.postMessage(null, [buffer]);
  port1.close();
}
