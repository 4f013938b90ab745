// One upload by a consumer's page: the asset in the sandbox is what the page reports.

import assert from 'node:assert/strict';
import { REAL, sha256 } from '../e2e/fixtures.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { visit } from './visit.mjs';

const [PHOTO] = REAL;

/**
 * Visits the page at `url` with a gateway that lets it in; it must end as the row says. If it is quiet, the console stays
 * empty and no request fails. Gives the page's result.
 */
export async function checkUpload(life, browser, url, { init, uses, error, isQuiet }) {
  const gateway = await startGateway(life, { args: ['--allow-origin', url] });
  const query = new URLSearchParams({ gateway: gateway.url, ...(init && { init: JSON.stringify(init) }) });
  const result = await visit(life, browser, `${url}/?${query}`, PHOTO);
  const output = `${result.error?.message}\n${result.output.join('\n')}`;
  assert.deepEqual(
    { name: result.error?.name, code: result.error?.code },
    { name: undefined, code: undefined, ...error },
    output,
  );
  if (error) return result;
  const held = await bytesAt(result.ref);
  assert.ok(held.length > 0);
  assert.equal(sha256(held), result.sha256);
  assert.equal(result.large, result.sha256);
  assert.equal(result.format, 'BMP', 'what formats.wasm is for');
  if (result.shown !== undefined) assert.ok(PHOTO.bytes.equals(await bytesAt(result.shown)), 'the file of the element');
  assert.deepEqual(result.maps, [], 'a page loads no source map');
  assert.deepEqual({ wasm: result.wasm, worker: result.worker }, uses, output);
  if (isQuiet) assert.deepEqual([...result.complaints, ...result.failed], []);
  if (uses.wasm === 'file' && uses.worker === 'file') for (const url of result.prefetched) await checkNoCopy(url);
  return result;
}

const bytesAt = async (url) => Buffer.from(await (await fetch(url)).arrayBuffer());

/** A page that finds the files must not fetch a copy of one in advance. */
async function checkNoCopy(url) {
  const text = await (await fetch(url)).text();
  // That is how a gzipped file begins in base64.
  assert.ok(!text.includes('H4sI'), `${url} is a copy`);
}
