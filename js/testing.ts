// mediaferry/testing: a fake that takes the place of the core in tests and in catalogues of components.

import { setFakeHost } from './runtime/installed-fake.js';
import { createFakeHost } from './testing/fake-host.js';
import { FakeState } from './testing/fake-state.js';
import type { Fake, FakeOptions } from './testing/script-types.js';

export type { Method } from './generated/core.js';
export type { Fake, FakeCall, FakeOptions, ScriptedError, UploadScript } from './testing/script-types.js';

let current: Fake | undefined;

/**
 * Installs a fake that takes the place of the core: `upload`, `Uploader`, `probe`, `check`, `<media-ferry>`, hooks and
 * composables work as before, but no file is read, no request is sent, and no WebAssembly or worker is loaded. A second call
 * replaces the fake.
 *
 * Events come in the order, progress keeps the promises, and errors have the types of the real package. Files are checked
 * against the limits of their provider.
 *
 * @throws {TypeError} if a script breaks a promise of the package
 * @example
 * ```ts
 * const fake = installFake();
 * fake.nextUpload({ error: 'network' });
 * await upload(file, { provider: 'modelhunter' }).catch(({ code }) => console.log(code));
 * fake.uninstall();
 * ```
 */
export function installFake(options: FakeOptions = {}): Fake {
  const state = new FakeState(options);
  current?.uninstall();
  const uninstall = () => {
    state.end();
    if (current !== fake) return;
    current = undefined;
    setFakeHost(undefined);
  };
  const fake: Fake = {
    get calls() {
      return [...state.calls];
    },
    nextUpload: (script) => state.scriptNext(script),
    reset: (changed = options) => {
      state.configure(changed);
      state.end();
      // The next call must not use a host that ends.
      if (current === fake) setFakeHost(createFakeHost(state));
    },
    uninstall,
  };
  current = fake;
  setFakeHost(createFakeHost(state));
  return fake;
}
