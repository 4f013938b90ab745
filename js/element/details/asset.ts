// Shows an asset: its ref, its request fragment, the checksum of the file, and its expiry.

import type { UploadState } from '../../queue/upload-store.js';
import { createElement } from '../create-element.js';
import { icon, OPEN } from '../icons.js';
import type { DetailLabels } from '../labels.js';
import { copyButton } from './copy-button.js';
import { json } from './json.js';

type AnyAsset = NonNullable<UploadState['asset']>;

/** What the contents depend on, in addition to the asset. */
export interface AssetContext {
  /** The file's name. */
  name: string;
  details: DetailLabels;
  language: string;
  announce: (subject: unknown, text: string) => void;
}

/** Returns the contents of the part `asset`. */
export function assetDetails(asset: AnyAsset, { name, details, language, announce }: AssetContext): HTMLElement[] {
  const { ref, requestFragment, sha256, url, expiresAt } = asset;
  const copy = (what: string, text: string, element: HTMLElement) =>
    copyButton(text, element, { ...details, label: details.copy(what, name) }, announce);
  const row = (part: string, caption: string, text: HTMLElement, ...actions: Node[]) => {
    const label = createElement('span', { part: 'caption', dir: 'auto' }, caption);
    const copied = createElement('div', { className: 'copied' }, label, text);
    return createElement('div', { part, className: 'row' }, copied, createElement('div', {}, ...actions));
  };

  const code = createElement('code', {}, ref);
  const open = isWebUrl(url) ? [link(url, details.open(name))] : [];
  const rows = [row('reference', details.reference, code, copy(details.reference, ref, code), ...open)];
  // A fragment that equals the ref is not shown twice.
  if (typeof requestFragment === 'object' && requestFragment !== null) {
    const text = json(requestFragment);
    // Focusable, because otherwise it cannot be scrolled with the keyboard.
    const pre = createElement('pre', { tabIndex: 0, role: 'group', ariaLabel: `${details.fragment}: ${name}` }, text);
    rows.push(row('fragment', details.fragment, pre, copy(details.fragment, text, pre)));
  }
  if (sha256) {
    const short = `${sha256.slice(0, 10)}…${sha256.slice(-6)}`;
    const element = createElement('code', { title: sha256 }, short);
    rows.push(row('checksum', details.checksum, element, copy(details.checksum, sha256, element)));
  }
  if (expiresAt) {
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short' }).format(expiresAt);
    rows.push(createElement('p', { part: 'expires', dir: 'auto' }, details.expires(date)));
  }
  return rows;
}

function link(url: string, label: string): HTMLAnchorElement {
  const properties = { href: url, target: '_blank', rel: 'noopener noreferrer', ariaLabel: label, title: label };
  return createElement('a', { part: 'button open', className: 'bare', ...properties }, icon(OPEN));
}

/** A provider's response must not become a `javascript:` link. */
function isWebUrl(url: string | undefined): url is string {
  return /^https?:/i.test(url ?? '') && URL.canParse(url ?? '');
}
