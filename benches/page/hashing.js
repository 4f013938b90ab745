// SHA-256 of files, all at once, by one of the contenders.

const PEERS = {
  'crypto.subtle': async (file) => hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())),
  'hash-wasm': inWorker('hash-wasm'),
  '@noble/hashes': inWorker('noble'),
};

/** The names of the other contenders. */
export const peers = () => Object.keys(PEERS);

/** Returns the milliseconds and the digests. */
export async function measure(input, { name, base }) {
  const hash = PEERS[name] ?? (await import(`${base}/index.js`)).sha256;
  const files = [...input.files];
  const start = performance.now();
  const digests = await Promise.all(files.map((file) => hash(file)));
  return { millis: performance.now() - start, digests };
}

/** A page that hashes with a package needs a worker, because hashing would block the main thread. */
function inWorker(algorithm) {
  let worker;
  const waiting = [];
  return (file) => {
    worker ??= start(algorithm, waiting);
    worker.postMessage(file);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
}

function start(algorithm, waiting) {
  const worker = new Worker('/bench/workers/hash.js', { name: algorithm });
  worker.onmessage = ({ data }) => waiting.shift().resolve(data);
  worker.onerror = ({ message }) => waiting.shift().reject(new Error(message));
  return worker;
}

const hex = (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
