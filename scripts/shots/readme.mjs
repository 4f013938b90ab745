// Takes the picture in the README: the demo with uploads that have succeeded, one that is in progress, and one that was rejected.

import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { file, png, REAL } from '../../tests/e2e/fixtures.mjs';
import { startGateway } from '../../tests/e2e/gateway.mjs';
import { choose, pick } from '../../tests/e2e/page.mjs';
import { root } from '../lib/paths.mjs';
import { say } from '../lib/say.mjs';
import { during, launch, openOn } from './browser.mjs';

const PICTURE = join(root, 'docs', 'images', 'demo.webp');
const [PHOTO, DRAWING, WEBP] = REAL;

await during(async (life) => {
  const browser = await launch(life);
  const gateway = await startGateway(life, { www: join(root, 'www') });
  const { tab } = await openOn(life, browser, gateway.url, { width: 760, height: 720, scale: 2 });
  const { page } = tab;
  await choose(tab, 'modelhunter');
  await page.$eval('#files', (element) => {
    element.details = 'facts';
  });
  await pick(tab, [PHOTO, { ...WEBP, name: 'wall.jpg' }, file('icon.png', png(100, 100))]);
  await page.evaluate(() => document.querySelector('#files').uploader.start());
  await gateway.fault({ at: 'storage', method: 'PUT', fault: { delay_millis: 60_000 } });
  await pick(tab, [{ ...DRAWING, name: 'reference.png' }]);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const files = await page.$('#files');
  mkdirSync(dirname(PICTURE), { recursive: true });
  await files.screenshot({ path: PICTURE, type: 'webp', quality: 80 });
  say(`took docs/images/demo.webp, ${Math.round(statSync(PICTURE).size / 1000)} KB`);
});
