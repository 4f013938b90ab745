// One upload of a consumer's page: what the sandbox holds afterwards is what the page says it has sent.

import assert from 'node:assert/strict';
import { sha256 } from '../e2e/fixtures.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { visit } from './visit.mjs';

/** Visits the page at `url` with a gateway that lets it in; it must end as the row says. Gives the page's result. */
export async function checkUpload(life, browser, url, { init, uses, error }) {
  const gateway = await startGateway(life, { args: ['--allow-origin', url] });
  const address = new URLSearchParams({ gateway: gateway.url, ...(init && { init: JSON.stringify(init) }) });
  const result = await visit(life, browser, `${url}/?${address}`);
  const said = `${result.error?.message}\n${result.said.join('\n')}`;
  assert.deepEqual(
    { name: result.error?.name, code: result.error?.code },
    { name: undefined, code: undefined, ...error },
    said,
  );
  if (error) return result;
  const held = Buffer.from(await (await fetch(result.ref)).arrayBuffer());
  assert.ok(held.length > 0);
  assert.equal(sha256(held), result.sha256);
  assert.equal(result.format, 'BMP', 'what formats.wasm is for');
  assert.deepEqual({ wasm: result.wasm, worker: result.worker }, uses, said);
  return result;
}
