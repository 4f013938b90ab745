// Calls fix.wasm, which plans fixes, and splices files whose ranges it requests.

import * as fix from '../generated/fix.js';

/** The result of a lossless change: new bytes and ranges of the original, which are not copied. */
export interface Spliced {
  blob: Blob;
  /** Whether anything was changed. */
  isChanged: boolean;
}

/** The bits of `changes` in src/fix/exports.rs. */
const BITS: Record<string, number> = { 'strip-location': 1, 'strip-metadata': 2, remux: 4, faststart: 8 };

type Piece = Uint8Array | [start: number, end: number];

/** The next step of a splicer: a range to read, the result with its new type, or nothing if the change would not be safe. */
type Step = [offset: number, length: number] | [mime: string, ...pieces: Piece[]] | [];

let hasStarted = false;
let isDead = false;
let splicers = 0;

/** The module. It is instantiated once, and again only after a trap. */
export class FixModule {
  readonly #module: WebAssembly.Module;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** Returns a plan. @throws {TypeError} if the request is invalid: the provider is unknown, or its rules are invalid */
  plan(request: string): string {
    this.#start();
    const answer = fix.plan(request);
    if (answer === undefined) throw new TypeError('the provider is unknown, or its rules are invalid');
    return answer;
  }

  /** Changes a file losslessly. Returns `undefined` if that would not be safe. `changes` are names of changes, as in `BITS`. */
  async splice(source: Blob, changes: string, signal: AbortSignal | undefined): Promise<Spliced | undefined> {
    this.#start();
    const id = splicers++;
    const bits = changes.split(' ').reduce((bits, word) => bits | (BITS[word] ?? 0), 0);
    // Passed only in the first call. Otherwise, an instance that replaces a trapped one would take a later range for the head.
    let { size } = source;
    try {
      let bytes: Uint8Array | undefined;
      for (;;) {
        signal?.throwIfAborted();
        const step = fix.splice(id, size, bits, bytes) as Step;
        size = 0;
        const [offset, length] = step;
        if (typeof offset !== 'number' || typeof length !== 'number')
          return compose(source, step as Exclude<Step, [number, number]>);
        bytes = new Uint8Array(await source.slice(offset, offset + length).arrayBuffer());
      }
    } finally {
      fix.freeSplice(id);
    }
  }

  #start(): void {
    fix.onTrap(() => {
      isDead = true;
    });
    if (isDead) fix.__wbg_reset_state();
    else if (!hasStarted) fix.initSync({ module: this.#module });
    hasStarted = true;
    isDead = false;
  }
}

function compose(source: Blob, [mime, ...pieces]: Exclude<Step, [number, number]>): Spliced | undefined {
  if (mime === undefined) return undefined;
  const parts = pieces.map((piece) => (Array.isArray(piece) ? source.slice(...piece) : piece) as BlobPart);
  const [first] = pieces;
  const isWhole = pieces.length === 1 && Array.isArray(first) && first[1] - first[0] === source.size;
  return { blob: new Blob(parts, { type: mime || source.type }), isChanged: !isWhole || mime !== '' };
}
