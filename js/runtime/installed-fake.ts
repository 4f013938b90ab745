// Where `mediaferry/testing` installs a host that replaces the core.

import type { FromHost, ToHost } from './protocol.js';

/** As `createHost()`. The host sends the build of the page, whichever copy of the package that is. */
export type FakeHost = (send: (messages: FromHost[]) => void, build: string) => (message: ToHost) => void;

/** The name of a global, which all copies and entries of the package share. */
const FAKE_HOST = Symbol.for('mediaferry.fake-host');

const globals = globalThis as { [FAKE_HOST]?: FakeHost | undefined };

/** Returns the fake that is installed. */
export const fakeHost = (): FakeHost | undefined => globals[FAKE_HOST];

/** Installs a fake, or removes it. */
export function setFakeHost(host: FakeHost | undefined): void {
  globals[FAKE_HOST] = host;
}
