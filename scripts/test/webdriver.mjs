// Tells wasm-bindgen's test runner which browser to start: webdriver.json with the browser's path added.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notes, readText } from '../lib/paths.mjs';

/** Writes the file and gives its path. */
export function webdriverFile({ CHROME }) {
  const capabilities = JSON.parse(readText('webdriver.json'));
  capabilities['goog:chromeOptions'].binary = CHROME;
  const file = join(notes, 'webdriver.json');
  mkdirSync(notes, { recursive: true });
  writeFileSync(file, JSON.stringify(capabilities));
  return file;
}
