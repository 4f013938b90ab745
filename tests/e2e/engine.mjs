// The browsers that these tests run in, and all in which they differ: BROWSER names one of them, else it is Chromium.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { launch as launchWebKit } from './webkit/browser.mjs';
import { ABORTED } from './webkit/recorder.mjs';

const ENGINES = {
  chromium: {
    variable: 'CHROME',
    suite: 'e2e',
    launch: (executablePath, _home, { networkEnabled }) =>
      puppeteer.launch({
        executablePath,
        networkEnabled,
        args: [
          ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--no-proxy-server'],
          ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
        ],
      }),
    aborted: 'net::ERR_ABORTED',
    repeatsPosts: true,
    hasPages: true,
    expected: /^Failed to load resource/,
  },
  firefox: {
    variable: 'FIREFOX',
    suite: 'e2e-firefox',
    launch: (executablePath, home, { networkEnabled }) =>
      puppeteer.launch({
        executablePath,
        networkEnabled,
        browser: 'firefox',
        // Firefox does not start for root in the home of somebody else, as in a build server's container.
        env: { ...process.env, HOME: home },
        extraPrefsFirefox: {
          'network.proxy.type': 0,
          // The gateway's addresses are numbers; nothing else is reached, whatever a new version wants to update.
          'network.dns.disabled': true,
        },
      }),
    aborted: 'NS_BINDING_ABORTED',
    repeatsPosts: true,
    hasPages: true,
    // It calls a broken connection a refusal, and one that ended before the answer's first byte gets the second reason.
    expected: /^Cross-Origin Request Blocked: .*\(Reason: (CORS request did not succeed|Multiple CORS header .*)\)/,
  },
  webkit: {
    variable: 'WEBKITDRIVER',
    suite: 'e2e-webkit',
    launch: (driver, home, { isDirect }) => launchWebKit(driver, home, isDirect),
    aborted: ABORTED,
    repeatsPosts: false,
    hasPages: false,
    // It shows a script as a page whose text has a style of its own, perhaps after the test has begun to listen.
    expected: /^Content Security Policy: inline breaks style-src-attr$/,
  },
};

const engine = ENGINES[process.env.BROWSER || 'chromium'];
if (!engine) throw new Error(`BROWSER is ${process.env.BROWSER}: there are ${Object.keys(ENGINES).join(', ')}`);

/**
 * Starts the browser with a fresh profile, for as long as `life` lasts. With `isDirect`, nothing that a test needs to watch
 * WebKit's requests stands between it and this machine's servers: connections break as they do. Without `networkEnabled`,
 * the other two do not tell of requests, which takes them longer than a small request.
 */
export async function startBrowser(life, { isDirect = false, networkEnabled = true } = {}) {
  const executablePath = process.env[engine.variable];
  if (!executablePath) {
    throw new Error(`${engine.variable} is not set: run these tests by \`npm test -- ${engine.suite}\``);
  }
  const home = mkdtempSync(join(tmpdir(), 'mediaferry-home-'));
  const browser = await engine.launch(executablePath, home, { isDirect, networkEnabled });
  life.after(async () => {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
  });
  return browser;
}

/** Whether a request ended because the page gave it up, by the browser's word for its failure. */
export const isAborted = (failure) => failure === engine.aborted;

/** Whether the browser says by itself that a request failed, which the page can do nothing about. */
export const isExpected = (text) => engine.expected.test(text);

/** Whether the browser sends a POST again by itself if a reused connection breaks before the response. */
export const { repeatsPosts } = engine;

/** Whether tests can use several pages of one browser at the same time. */
export const { hasPages } = engine;
