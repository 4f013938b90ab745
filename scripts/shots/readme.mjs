// Takes the picture in the README: the demo with uploads that have succeeded, one that is in progress, and one that was rejected.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { file, mp4, REAL } from '../../tests/e2e/fixtures.mjs';
import { startGateway } from '../../tests/e2e/gateway.mjs';
import { choose, pick } from '../../tests/e2e/page.mjs';
import { root } from '../lib/paths.mjs';
import { say } from '../lib/say.mjs';
import { during, launch, openOn } from './browser.mjs';

const PICTURE = join(root, 'docs', 'images', 'demo.webp');
const [PHOTO, , WEBP] = REAL;
const HEIC = readFileSync(join(root, 'tests', 'fixtures', 'media', 'picture.heic'));

await during(async (life) => {
  const browser = await launch(life);
  const gateway = await startGateway(life, { www: join(root, 'www') });
  const { tab, session } = await openOn(life, browser, gateway.url, { width: 800, height: 1_100, scale: 2 });
  const { page } = tab;
  await choose(tab, 'modelhunter');
  await page.$eval('#files', (element) => {
    element.details = 'facts';
  });
  await pick(tab, [PHOTO, { ...WEBP, name: 'wall.jpg' }, file('holiday.heic', HEIC)]);
  await page.evaluate(() => document.querySelector('#files').uploader.start());
  await gateway.fault({ at: 'storage', method: 'PUT', fault: { bytes_per_second: 2_000_000 } });
  await pick(tab, [file('clip.mp4', mp4(10, 30_000_000))]);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const files = await page.$('#files');
  const clip = { ...(await files.boundingBox()), scale: 1 };
  // By the session that has set the scale; in another one, it is 1.
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80, clip });
  const bytes = Buffer.from(data, 'base64');
  mkdirSync(dirname(PICTURE), { recursive: true });
  writeFileSync(PICTURE, bytes);
  say(`took docs/images/demo.webp, ${Math.round(bytes.length / 1000)} KB`);
});
