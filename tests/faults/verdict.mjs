// What a broken upload may end in, and whether all that it says is so.

import assert from 'node:assert/strict';

/** The codes that a broken connection may be called by. */
const CODES = ['network', 'network_timeout', 'stalled', 'malformed_response', 'unavailable'];

/** What a case must end in, if there is but one way. */
export function expected({ request, point, route }) {
  const { at, how, framing, isLasting } = point;
  if (isLasting) return lasting(request, point);
  const isHarmless = how === 'pause' || (at === 'after' && how === 'fin' && !framing);
  if (route !== 'own form' || !request.isOnce || isHarmless) return 'success';
  // Nobody can be asked what became of such a form.
  if (at === 'after' && how === 'rst') return 'success or unknown';
  return 'unknown';
}

/** Where every such request breaks, the upload gives up, unless somebody can be asked what became of it. */
function lasting({ isOnce, isOwn, isAfterLost }, { at }) {
  if (!isOnce) return 'error';
  if (isOwn || isAfterLost) return 'unknown';
  // The gateway has the response, or with a refused connection cannot be asked either.
  return at === 'refused' ? 'unknown' : at === 'read' ? 'error or unknown' : 'success';
}

/** In one word, how an upload ended. */
export function wordFor({ asset, error }) {
  if (asset) return 'success';
  return error.unclear ? 'unknown' : 'error';
}

/** Fails where an end claims what is not so. `made` are the assets that there are. */
export function checkEnd({ asset, error }, { file, made, request, call }) {
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
  assert.ok(CODES.includes(error.code), seen);
  if (request.stages.some(Boolean)) assert.ok(request.stages.includes(error.stage), seen);
  if (error.id) assert.deepEqual([error.id], made.map(({ id }) => id), `the asset it names: ${seen}`);
  const isOfUpload = call === undefined;
  if (made.length && isOfUpload) assert.ok(error.id || error.unclear, `an asset that it does not mention: ${seen}`);
}
