// Why the package itself cannot start or go on, which no file and no provider is to blame for.

/** What is wrong, by meaning. */
export type SetupCode = 'wasm_blocked' | 'wasm_missing' | 'wasm_invalid' | 'script_missing';

const WORDS: Record<SetupCode, [what: string, hint: string]> = {
  wasm_blocked: [
    'This page may not run WebAssembly.',
    "Add 'wasm-unsafe-eval' to script-src in its Content-Security-Policy.",
  ],
  wasm_missing: ['There is no core.wasm.', 'Give init({ wasm }) its address or bytes: it is mediaferry/core.wasm.'],
  wasm_invalid: ['This is not the core.wasm of this version.', 'Give init({ wasm }) the one from the same package.'],
  script_missing: [
    'A script of mediaferry cannot be loaded.',
    'See that all of them are served beside each other, or try again.',
  ],
};

/** Why the core did not start. Nothing has been sent, and whatever was called may be called again. */
export class SetupError extends Error {
  /** For those who cannot use `instanceof`, as the error comes from another frame. */
  override readonly name = 'SetupError';
  /** What is wrong, by meaning. Stable: switch on it. */
  readonly code: SetupCode;
  /** What to change, in a sentence that `message` ends with. */
  readonly hint: string;

  /** Puts the message together; `cause` is what the browser said. */
  constructor(code: SetupCode, cause?: unknown) {
    super(WORDS[code].join(' '), { cause });
    this.code = code;
    this.hint = WORDS[code][1];
  }
}

/**
 * Waits for a script of the package, which is loaded when it is needed.
 * @throws {SetupError}
 */
export async function loaded<T>(script: Promise<T>): Promise<T> {
  try {
    return await script;
  } catch (cause) {
    throw new SetupError('script_missing', cause);
  }
}
