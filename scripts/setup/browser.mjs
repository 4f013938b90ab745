// A Chromium and the driver that belongs to it, for the tests.

import { CommandError } from '../lib/run.mjs';
import { isProgram, which } from '../lib/which.mjs';
import { aptInstall } from './debian.mjs';

const MAC_CHROME = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * The browser and its driver as environment variables, installing them where that is possible:
 * those that CHROME and CHROMEDRIVER name, else those on PATH, else Debian's.
 */
export async function browser() {
  if (!find().CHROME || !find().CHROMEDRIVER) await aptInstall('chromium', 'chromium-driver');
  const { CHROME, CHROMEDRIVER } = find();
  if (!CHROME) {
    throw new CommandError('The tests need a browser: please install Chromium or Chrome, or name one in CHROME.');
  }
  if (!CHROMEDRIVER) {
    throw new CommandError(
      `The tests need the chromedriver of ${CHROME}: please install it, or name it in CHROMEDRIVER.`,
    );
  }
  return { CHROME, CHROMEDRIVER };
}

const find = () => ({
  CHROME:
    process.env.CHROME ??
    which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable') ??
    (isProgram(MAC_CHROME) ? MAC_CHROME : undefined),
  CHROMEDRIVER: process.env.CHROMEDRIVER ?? which('chromedriver'),
});
