// The part of a generation request that refers to an asset, as JSON to paste.

import { copies } from './copy.js';
import { make } from './elements.js';

/** The fragment with a button that copies it; nothing where it is no more than the reference itself. */
export function fragment({ requestFragment }, name) {
  if (typeof requestFragment === 'string' || requestFragment == null) return '';
  const json = written(requestFragment);
  // One can scroll it by the keyboard only where it takes the focus.
  const text = make('pre', { tabIndex: 0, data: { fragment: '' } }, json);
  text.setAttribute('role', 'group');
  text.setAttribute('aria-label', `Request fragment for ${name}`);
  const copy = make('button', { type: 'button', className: 'copy-fragment' }, 'Copy');
  copies(copy, json, text, `the request fragment for ${name}`);
  const actions = make('div', { className: 'reference-actions' }, copy);
  return make(
    'div',
    { className: 'reference' },
    make('div', { className: 'text' }, caption('Request fragment'), text),
    actions,
  );
}

/** The small words above a text. */
export function caption(words) {
  return make('span', { className: 'caption' }, words);
}

/** JSON in few lines: what has one member opens and closes with it, as in `{ "input": { "image_url": "…" } }`. */
function written(value, indent = '') {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const member = ([key, item], inner) => `${isList ? '' : `${JSON.stringify(key)}: `}${written(item, inner)}`;
  const entries = Object.entries(value);
  if (entries.length === 0) return open + close;
  const space = isList ? '' : ' ';
  if (entries.length === 1) return `${open}${space}${member(entries[0], indent)}${space}${close}`;
  const inner = `${indent}  `;
  const lines = entries.map((entry) => `\n${inner}${member(entry, inner)}`);
  return `${open}${lines.join()}\n${indent}${close}`;
}
