// How an upload ended: the asset's reference, or all that is wrong.

import { explain } from '/mediaferry/index.js';
import { copies } from './copy.js';
import { make } from './elements.js';
import { fragment } from './fragment.js';
import { lower } from './words.js';

/** The reference with what can be done with it, and the proof of what was sent. */
export function result(asset, name) {
  const element = document.querySelector('#result-template').content.firstElementChild.cloneNode(true);
  const find = (selector) => element.querySelector(selector);

  const ref = find('[data-ref]');
  ref.textContent = asset.ref;
  ref.dataset.ref = asset.ref;
  copies(find('.copy-ref'), asset.ref, ref, `the reference of ${name}`);
  find('.proof').before(fragment(asset, name));

  const sha = find('[data-sha256]');
  if (asset.sha256) {
    sha.textContent = `${asset.sha256.slice(0, 10)}…${asset.sha256.slice(-6)}`;
    sha.title = asset.sha256;
    sha.dataset.sha256 = asset.sha256;
    copies(find('.copy-sha'), asset.sha256, sha, `the SHA-256 of ${name}`);
  } else find('.checksum').remove(); // a URL's bytes were never here

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

/** A headline, and an element with every reason. `what` is a file or a URL. */
export function problem(error, { what, provider, during }) {
  const violations = error.violations ?? [];
  const reasons = violations.map((violation) =>
    make('li', { data: { rule: violation.rule } }, `${explain(violation)} `),
  );
  return {
    headline: isRefusal(error)
      ? `Not sent: ${provider.name} does not accept this ${what}.`
      : `Failed while ${lower(during)}.`,
    element:
      reasons.length > 0
        ? make('ul', { className: 'problem' }, ...reasons)
        : make('p', { className: 'problem' }, `${error.message} ${hope(error)}`.trim()),
  };
}

/** Whether the file itself is what the provider does not want. */
export function isRefusal({ code }) {
  return code === 'rejected' || code === 'unrecognised_file';
}

function hope({ retryable, outcomeUnknown, retryAfterMillis }) {
  if (outcomeUnknown) return 'A retry may create a second asset.';
  if (!retryable) return '';
  return retryAfterMillis ? `Try again in ${Math.ceil(retryAfterMillis / 1000)} s.` : 'A retry may succeed.';
}

/** A provider's answer must not become a `javascript:` link. */
function isWebAddress(url) {
  return URL.canParse(url ?? '') && ['http:', 'https:'].includes(new URL(url).protocol);
}
