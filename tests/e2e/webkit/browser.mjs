// WebKit in puppeteer's words, as far as these tests use them: puppeteer cannot drive it.

import { startSession } from './driver.mjs';
import { Page } from './page.mjs';
import { startRecorder } from './recorder.mjs';

/** Starts the browser by its WebDriver; with `isDirect`, without a proxy for this machine's servers. */
export async function launch(driver, home, isDirect) {
  let page;
  const recorder = await startRecorder((event, request) => page?.emit(event, request));
  const proxy = {
    proxyType: 'manual',
    httpProxy: recorder.address,
    sslProxy: recorder.address,
    noProxy: isDirect ? ['127.0.0.1'] : [],
  };
  // A test waits for as long as it wants to, but a page that hangs must not take five minutes.
  const timeouts = { script: 600_000, pageLoad: 30_000 };
  // Without media: on a busy machine GStreamer's player and the page wait for each other for ever (WebKitGTK 2.50).
  const options = { args: ['--automation', '--enable-media=false'] };
  const capabilities = { proxy, timeouts, 'webkitgtk:browserOptions': options };
  const session = await startSession(driver, capabilities, home);
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
