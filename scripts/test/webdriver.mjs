// Tells wasm-bindgen's test runner which browser to start: its part of webdriver.json, with the browser's path added.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notes, readText } from '../lib/paths.mjs';

/** Writes the file and gives its path. */
export function webdriverFile({ CHROME, FIREFOX }) {
  const wanted = FIREFOX ? 'moz:firefoxOptions' : 'goog:chromeOptions';
  const options = { ...JSON.parse(readText('webdriver.json'))[wanted], binary: FIREFOX ?? CHROME };
  mkdirSync(notes, { recursive: true });
  // Firefox does not start for root in the home of somebody else, as in a build server's container.
  if (FIREFOX) options.env = { HOME: notes };
  const file = join(notes, 'webdriver.json');
  writeFileSync(file, JSON.stringify({ [wanted]: options }));
  return file;
}
