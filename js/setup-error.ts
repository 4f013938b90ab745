// Why the package itself cannot start or go on, which no file and no provider is to blame for.

/** What is wrong, by meaning. */
export type SetupCode = 'wasm_blocked' | 'wasm_missing' | 'wasm_invalid' | 'script_missing';

/** A wasm module of the package: `core.wasm` or `formats.wasm`. */
export type WasmName = 'core' | 'formats';

const WORDS: Record<SetupCode, (file: string, option: string) => [what: string, hint: string]> = {
  wasm_blocked: () => [
    'This page may not run WebAssembly.',
    "Add 'wasm-unsafe-eval' to script-src in its Content-Security-Policy.",
  ],
  wasm_missing: (file, option) => [
    `${file} cannot be loaded.`,
    `Pass its URL or bytes to init({ ${option} }): it is mediaferry/${file}.`,
  ],
  wasm_invalid: (file, option) => [
    `This is not the ${file} of this version.`,
    `Pass the one of the same package to init({ ${option} }), and clear what a cache or a service worker has kept.`,
  ],
  script_missing: () => [
    'A script of mediaferry cannot be loaded.',
    'Serve all of them from the same folder, or try again.',
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
  constructor(code: SetupCode, cause?: unknown, module: WasmName = 'core') {
    const [what, hint] = WORDS[code](`${module}.wasm`, module === 'core' ? 'wasm' : 'formats');
    super(`${what} ${hint}`, { cause });
    this.code = code;
    this.hint = hint;
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
