// Errors of the installation: a file of the package cannot be loaded or run.

/** The kind of setup error. */
export type SetupCode =
  /** The page's policy or the browser does not allow WebAssembly. */
  | 'wasm_blocked'
  /** There is no WebAssembly module at the URL, or `mediaferry/slim` is used without `init({ wasm })`. */
  | 'wasm_missing'
  /** The module is not the one of this version. */
  | 'wasm_invalid'
  /** The page's policy blocks a script that is loaded on demand. */
  | 'script_blocked'
  /** A script that is loaded on demand is not served, or the connection failed. */
  | 'script_missing'
  /** The page has no origin, so the gateway would reject its requests. */
  | 'opaque_origin'
  /** The environment lacks something that every page has, such as `import()` in a service worker. */
  | 'unsupported';

/** A wasm module of the package: `core.wasm`, `parts.wasm`, `formats.wasm` or `fix.wasm`. */
export type WasmName = 'core' | 'parts' | 'formats' | 'fix';

const MESSAGES: Record<SetupCode, (file: string, option: string) => [what: string, hint: string]> = {
  wasm_blocked: () => [
    'This page may not run WebAssembly.',
    "Add 'wasm-unsafe-eval' to script-src in its Content-Security-Policy.",
  ],
  wasm_missing: (file, option) => [
    `${file} cannot be loaded.`,
    `Pass its URL or bytes to init({ ${option} }): it is mediaferry/${file}.`,
  ],
  wasm_invalid: (file, option) => [
    `${file} is from another version of mediaferry.`,
    `Pass the file from the same package to init({ ${option} }), and clear caches and service workers.`,
  ],
  script_missing: () => [
    'A script of mediaferry cannot be loaded.',
    'Serve all scripts of the package from the same folder, or try again.',
  ],
  script_blocked: () => [
    'This page may not run a script of mediaferry.',
    'Add the folder of the package to script-src in its Content-Security-Policy.',
  ],
  opaque_origin: () => [
    'This page may not use the gateway, because it has no origin.',
    'Serve it from a server; a frame needs allow-same-origin in its sandbox.',
  ],
  unsupported: () => [
    'mediaferry cannot run here.',
    'In a service worker, import mediaferry/standalone; in jsdom, mediaferry/testing.',
  ],
};

/** The core or another file of the package could not be loaded or started. Nothing has been sent, and the call can be repeated. */
export class SetupError extends Error {
  /** `'SetupError'`. Compare it if `instanceof` does not work, for example with an error from another frame. */
  override readonly name = 'SetupError';
  /** The kind of error. It is stable, so you can switch on it. */
  readonly code: SetupCode;
  /** What to change; the last sentence of `message`. */
  readonly hint: string;

  /** Creates an error; `cause` is the browser's own error. */
  constructor(code: SetupCode, cause?: unknown, module: WasmName = 'core') {
    const [what, hint] = MESSAGES[code](`${module}.wasm`, module === 'core' ? 'wasm' : module);
    super(`${what} ${hint}`, { cause });
    this.code = code;
    this.hint = hint;
  }
}

/**
 * Waits for a script of the package that is loaded on demand.
 * @throws {SetupError}
 */
export async function importOrThrow<T>(script: Promise<T>): Promise<T> {
  let code: SetupCode = 'ServiceWorkerGlobalScope' in globalThis ? 'unsupported' : 'script_missing';
  const onViolation = ({ effectiveDirective }: SecurityPolicyViolationEvent) => {
    if (/^script/.test(effectiveDirective)) code = 'script_blocked';
  };
  globalThis.addEventListener?.('securitypolicyviolation', onViolation);
  try {
    return await script;
  } catch (cause) {
    // The event may be dispatched after the promise has rejected.
    await new Promise((resolve) => setTimeout(resolve));
    throw new SetupError(code, cause);
  } finally {
    globalThis.removeEventListener?.('securitypolicyviolation', onViolation);
  }
}
