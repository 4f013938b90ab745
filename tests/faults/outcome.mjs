// The allowed results of an upload with a fault, and whether its facts are true.

import assert from 'node:assert/strict';
import { isBeforeRequest } from './points.mjs';

/** The codes that a broken connection may be given. */
const CODES = ['network', 'network_timeout', 'stalled', 'malformed_response', 'unavailable'];

/** The results that a case may have. */
export function expected({ request, point, route }) {
  const { at, how, framing, isLasting, isReused } = point;
  if (isLasting) return lasting(request, point);
  // A browser that repeats it by itself passes on only the second response.
  if (isReused && request.isDelete) return 'success or error';
  const isHarmless = how === 'delay' || (at === 'response end' && how === 'fin' && !framing);
  if (route !== 'own form' || !request.isOnce || isHarmless) return 'success';
  // Browsers do not report that no connection was made, and some retry by themselves.
  if (isBeforeRequest(point)) return 'success or unknown';
  // The outcome of such a form cannot be queried.
  return at === 'response end' ? 'success or unknown' : 'unknown';
}

/** If every such request breaks, the upload fails, unless its outcome can be queried. */
function lasting({ isOnce, isOwn, isAfterLost, isPreflight }, { at }) {
  // A browser may take a preflight's response by its head alone.
  if (isPreflight) return 'error or success';
  if (!isOnce) return 'error';
  if (isOwn || isAfterLost || at === 'connecting') return 'unknown';
  // The gateway reports the outcome: it has the response, or never received the request.
  return at === 'request end' ? 'error or unknown' : 'success';
}

/** In one word, how an upload ended. */
export function resultOf({ asset, error }) {
  if (asset) return 'success';
  return error.outcomeUnknown ? 'unknown' : 'error';
}

/** Fails if an outcome claims what is not so. `made` are the assets that there are. */
export function checkOutcome({ asset, error }, { file, made, request, call }) {
  const seen = JSON.stringify({ error, made });
  for (const { sum } of made) assert.equal(sum, file.sum, `an asset of other bytes: ${seen}`);
  assert.ok(made.length <= 1, `${made.length} assets: ${seen}`);
  if (asset) {
    assert.equal(made.length, asset.isDeleted ? 0 : 1, 'the assets that there are');
    if (asset.sha256 !== undefined) assert.equal(asset.sha256, file.sum);
    if (call === 'list') assert.equal(asset.listed, 1, 'how often it is listed');
    return;
  }
  assert.equal(error.name, 'UploadError', seen);
  const isGone = request.isDelete && error.status === 404 && made.length === 0;
  assert.ok(isGone || CODES.includes(error.code), seen);
  if (request.stages.some(Boolean)) assert.ok(request.stages.includes(error.stage), seen);
  if (error.id)
    assert.deepEqual(
      [error.id],
      made.map(({ id }) => id),
      `the asset it names: ${seen}`,
    );
  // What may be repeated makes no second asset, so its error need not speak of the first.
  if (made.length && request.isOnce && !call)
    assert.ok(error.id || error.outcomeUnknown, `an asset it conceals: ${seen}`);
}
