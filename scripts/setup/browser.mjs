// The browsers for the tests as environment variables, and the driver of WebKit.
//
// Each is the one that its variable names, else the one on PATH, else the one that this machine can install.

import { isCi } from '../lib/paths.mjs';
import { CommandError } from '../lib/run.mjs';
import { isProgram, which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';

const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
const MAC_FIREFOX = '/Applications/Firefox.app/Contents/MacOS/firefox';

/** CHROME. */
export async function chromium() {
  if (!findChromium()) await aptInstall('chromium');
  const CHROME = findChromium();
  if (CHROME) return { CHROME };
  throw new CommandError('The tests need a browser: please install Chromium or Chrome, or name one in CHROME.');
}

/** FIREFOX; nothing where there is none and its tests may be skipped, which a build server must not do. */
export async function firefox() {
  if (!findFirefox()) await aptInstall('firefox-esr');
  const FIREFOX = findFirefox();
  if (FIREFOX) return { FIREFOX };
  if (isCi) throw new CommandError('The tests need Firefox: please install it, or name it in FIREFOX.');
  return undefined;
}

/** WEBKITDRIVER, the one of WebKitGTK; nothing where there is none, as with Firefox. No build server for macOS has it. */
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

// It has no headless mode, so without a screen in memory it is of no use.
const findWebKit = () => which('Xvfb') && (process.env.WEBKITDRIVER ?? which('WebKitWebDriver'));
