// From the import of the package to its first result.

/** Imports the package at `base`, which the page has not loaded yet, and probes a file. Returns the milliseconds. */
export async function untilProbed(base, bytes) {
  const file = new File([Uint8Array.from(bytes)], 'picture.png', { type: 'image/png' });
  const start = performance.now();
  const { probe } = await import(`${base}/index.js`);
  await probe(file);
  return performance.now() - start;
}

/** Starts a worker that instantiates a module of 50 KB. Returns the milliseconds. */
export async function untilInstantiated(base) {
  const start = performance.now();
  const { instantiate } = await import(`${base}/bare.js`);
  await instantiate();
  return performance.now() - start;
}
