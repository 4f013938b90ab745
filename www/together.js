// What one generation request takes, beside what has been uploaded for it.

import { checkRequest, explain } from '/mediaferry/index.js';
import { announce } from './announce.js';
import { lower } from './words.js';

const line = document.querySelector('#together');
let turn = 0;

/** Says for which provider these cards hold more finished assets than one request takes. */
export async function showTogether(cards) {
  turn += 1;
  const now = turn;
  const words = await Promise.all([...finished(cards)].map(([provider, media]) => excess(provider, media)));
  if (now !== turn) return; // the list has changed meanwhile
  const text = words.filter(Boolean).join(' ');
  if (text === line.textContent) return;
  line.textContent = text;
  line.hidden = text === '';
  announce('together', text);
}

/** What is finished at each provider that has such limits; a URL's kind is not known. */
function finished(cards) {
  const found = new Map();
  for (const { asset, provider } of cards) {
    if (!asset?.media || (provider.maxImages ?? provider.maxVideos ?? provider.maxAudio) === undefined) continue;
    if (!found.has(provider)) found.set(provider, []);
    found.get(provider).push(asset.media);
  }
  return found;
}

async function excess({ id, name }, media) {
  const violations = await checkRequest(media, { provider: id });
  return violations.map((violation) => `${name}: ${lower(explain(violation))}`).join(' ');
}
