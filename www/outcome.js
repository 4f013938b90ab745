// How an upload ended: the asset's reference, or all that is wrong.

import { explain } from '/mediaferry/index.js';
import { copies } from './copy.js';

/** The reference with what can be done with it, and the proof of what was sent. */
export function result(asset, name) {
  const element = document.querySelector('#result-template').content.firstElementChild.cloneNode(true);
  const find = (selector) => element.querySelector(selector);

  const ref = find('[data-ref]');
  ref.textContent = asset.ref;
  ref.dataset.ref = asset.ref;
  copies(find('.copy-ref'), asset.ref, ref, `the reference of ${name}`);

  const sha = find('[data-sha256]');
  sha.textContent = `${asset.sha256.slice(0, 10)}…${asset.sha256.slice(-6)}`;
  sha.title = asset.sha256;
  sha.dataset.sha256 = asset.sha256;
  copies(find('.copy-sha'), asset.sha256, sha, `the SHA-256 of ${name}`);

  const open = find('.open');
  if (isWebAddress(asset.url)) {
    open.href = asset.url;
    open.setAttribute('aria-label', `Open ${name} in a new tab`);
  } else open.remove();

  if (asset.expiresAt) {
    const time = find('time');
    time.dateTime = asset.expiresAt.toISOString();
    time.textContent = asset.expiresAt.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
  } else find('.expiry').remove();
  return element;
}

/** A headline, and an element with every reason. */
export function problem(error, provider, isRefusal, during) {
  const violations = error.violations ?? [];
  const element = document.createElement(violations.length > 0 ? 'ul' : 'p');
  element.className = 'problem';
  if (violations.length === 0) element.textContent = `${error.message} ${advice(error)}`.trim();
  for (const violation of violations) {
    const item = document.createElement('li');
    item.dataset.rule = violation.rule;
    item.textContent = `${explain(violation)} `;
    element.append(item);
  }
  const headline = isRefusal ? `Not sent: ${provider.name} does not take this file.` : `Failed while ${lower(during)}.`;
  return { headline, element };
}

function advice({ retryable, retryAfterMillis }) {
  if (!retryable) return '';
  return retryAfterMillis ? `It may work in ${Math.ceil(retryAfterMillis / 1000)} s.` : 'It may work when tried again.';
}

function lower(text) {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A provider's answer must not become a `javascript:` link. */
function isWebAddress(url) {
  return URL.canParse(url ?? '') && ['http:', 'https:'].includes(new URL(url).protocol);
}
