// WebKit in puppeteer's words, as far as these tests use them: puppeteer cannot drive it.

import { startSession } from './driver.mjs';
import { Page } from './page.mjs';
import { startRecorder } from './recorder.mjs';

/** Starts the browser by its WebDriver. */
export async function launch(driver, home) {
  let page;
  const recorder = await startRecorder((event, request) => page?.emit(event, request));
  const proxy = { proxyType: 'manual', httpProxy: recorder.address, sslProxy: recorder.address };
  // A test waits for as long as it wants to: the driver's own limit would be 30 seconds.
  const session = await startSession(driver, { proxy, timeouts: { script: 600_000 } }, home);
  return {
    // The one window again and again: a new one takes half a second, and no test looks at two.
    async newPage() {
      page = new Page(session.command);
      return page;
    },
    async close() {
      await session.close();
      recorder.close();
    },
  };
}
