// fix.wasm: plans, and splices of files that are read as it requests.

import * as fix from '../generated/fix.js';
import type { Removal } from '../generated/fix.js';

/** The result of a lossless change: new bytes and ranges of the original, which are not copied. */
export interface Spliced {
  blob: Blob;
  /** Whether anything was changed. */
  isChanged: boolean;
  removed: { kind: Removal; bytes: number }[];
}

/** The result of a splicer: src/fix_module.rs describes it. */
interface Splice {
  pieces: (number | [offset: number, length: number])[];
  removed: Spliced['removed'];
  mime?: string;
}

const READ = 0;
const DONE = 1;

let hasStarted = false;
let isDead = false;
let splicers = 0;

/** The module, instantiated once, and again only after it has trapped. */
export class FixModule {
  readonly #module: WebAssembly.Module;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** Plans. @throws {TypeError} if the request is invalid: the provider is unknown, or its rules are invalid */
  plan(request: string): string {
    this.#start();
    const answer = fix.plan(request);
    if (answer === undefined) throw new TypeError('the provider is unknown, or its rules are invalid');
    return answer;
  }

  /** Changes a file losslessly. Returns `undefined` if that would not be safe. `changes` are words for src/fix/plan. */
  async splice(source: Blob, changes: string, signal: AbortSignal | undefined): Promise<Spliced | undefined> {
    this.#start();
    const id = splicers++;
    try {
      let bytes: Uint8Array | undefined;
      for (;;) {
        signal?.throwIfAborted();
        const step = fix.step(id, source.size, changes, bytes);
        const view = new DataView(step.buffer, step.byteOffset, step.byteLength);
        if (step[0] !== READ) return step[0] === DONE ? compose(source, step, view) : undefined;
        const offset = Number(view.getBigUint64(1, true));
        bytes = new Uint8Array(await source.slice(offset, offset + view.getUint32(9, true)).arrayBuffer());
      }
    } finally {
      fix.free(id);
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

function compose(source: Blob, step: Uint8Array, view: DataView): Spliced {
  const end = 5 + view.getUint32(1, true);
  const { pieces, removed, mime }: Splice = JSON.parse(new TextDecoder().decode(step.subarray(5, end)));
  let at = end;
  const parts = pieces.map((piece) => {
    if (typeof piece !== 'number') return source.slice(piece[0], piece[0] + piece[1]);
    at += piece;
    return step.slice(at - piece, at);
  });
  const [first] = pieces;
  const isWhole = pieces.length === 1 && typeof first === 'object' && first[1] === source.size;
  return { blob: new Blob(parts, { type: mime ?? source.type }), isChanged: !isWhole || mime !== undefined, removed };
}
