// Finds the browsers for the tests, and WebKit's driver, and returns them as environment variables.
//
// Each browser is the one that its variable names, otherwise the one on PATH, otherwise one that apt-get installs.

import { isCi } from '../lib/paths.mjs';
import { CommandError } from '../lib/run.mjs';
import { isProgram, which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';

const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const MAC_FIREFOX = '/Applications/Firefox.app/Contents/MacOS/firefox';

/** Returns `CHROME`. */
export async function chromium() {
  if (!findChromium()) await aptInstall('chromium');
  const CHROME = findChromium();
  if (CHROME) return { CHROME };
  throw new CommandError('The tests need a browser: please install Chromium or Chrome, or name one in CHROME.');
}

/** Returns `FIREFOX`, or undefined if there is none: its tests are skipped then. On a build server, it must be installed. */
export async function firefox() {
  if (!findFirefox()) await aptInstall('firefox-esr');
  const FIREFOX = findFirefox();
  if (FIREFOX) return { FIREFOX };
  if (isCi) throw new CommandError('The tests need Firefox: please install it, or name it in FIREFOX.');
  return undefined;
}

/** Returns `WEBKITDRIVER`, the driver of WebKitGTK, or undefined as for Firefox. Build servers with macOS do not have it. */
export async function webkit() {
  if (!findWebKit()) await aptInstall('webkit2gtk-driver', 'xvfb');
  const WEBKITDRIVER = findWebKit();
  if (WEBKITDRIVER) return { WEBKITDRIVER };
  if (isCi && process.platform === 'linux') {
    throw new CommandError("The tests need WebKit: please install WebKitGTK's WebKitWebDriver, and Xvfb.");
  }
  return undefined;
}

const findChromium = () =>
  process.env.CHROME ??
  which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ??
  (isProgram(MAC_CHROME) ? MAC_CHROME : undefined);

const findFirefox = () =>
  process.env.FIREFOX ?? which('firefox-esr', 'firefox') ?? (isProgram(MAC_FIREFOX) ? MAC_FIREFOX : undefined);

// WebKitGTK has no headless mode, so it needs the virtual screen of Xvfb.
const findWebKit = () => which('Xvfb') && (process.env.WEBKITDRIVER ?? which('WebKitWebDriver'));
