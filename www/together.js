// What one generation request accepts, beside what has been uploaded for it.

import { checkRequest, explain, providers } from '/mediaferry/index.js';
import { announce } from './elements.js';

const line = document.querySelector('#together');
let turn = 0;

/** Says for which provider these assets are more than one request accepts. */
export async function showTogether(assets) {
  turn += 1;
  const now = turn;
  const texts = await Promise.all((await providers()).map((provider) => excess(provider, assets)));
  if (now !== turn) return; // the list has changed meanwhile
  const text = texts.filter(Boolean).join(' ');
  if (text === line.textContent) return;
  line.textContent = text;
  line.hidden = text === '';
  announce(text);
}

/** The limits that a provider's assets exceed together. The kind of an asset from a URL is not known. */
async function excess({ id, name }, assets) {
  const media = assets.flatMap((asset) => (asset.provider === id && asset.media) || []);
  if (media.length === 0) return '';
  const violations = await checkRequest(media, { provider: id });
  return violations.map((violation) => `${name}: ${lower(explain(violation))}`).join(' ');
}

const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);
