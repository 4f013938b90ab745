// What the account has at a provider that keeps a list: a page at a time, each with a way to remove it.

import { deleteAsset, listAssets } from '/mediaferry/index.js';
import { announce, make } from './elements.js';
import { chosenOptions } from './options.js';

const PAGE = 20;

const panel = document.querySelector('#assets');
const list = panel.querySelector('ul');
const more = panel.querySelector('.more');
const note = panel.querySelector('.note');
let pages;
let shown = new Set();
let provider;

/** Offers the list of a provider that has one, closed and as it will be when it is opened. */
export function showAssets(chosen) {
  provider = chosen;
  panel.hidden = provider.maxPageSize === undefined;
  panel.open = false;
  panel.querySelector('summary').textContent = `Your assets at ${provider.name}`;
}

panel.addEventListener('toggle', () => {
  if (!panel.open) return;
  list.replaceChildren();
  shown = new Set();
  pages = undefined;
  more.hidden = true;
  next();
});
more.addEventListener('click', async () => {
  const last = list.lastElementChild;
  await next();
  if (more.hidden) (last?.nextElementSibling?.querySelector('button') ?? panel.querySelector('summary')).focus();
});

/** Adds the next twenty. After a removal the pages begin anew, for what follows has moved up. */
async function next() {
  const of = provider;
  const current = shown;
  say('Loading …');
  try {
    pages ??= listAssets({ ...callOptions(of), pageSize: Math.min(PAGE, of.maxPageSize) });
    const { found, isEnd } = await take(pages, current);
    if (current !== shown) return; // it was closed, and perhaps opened again
    for (const asset of found) current.add(asset.id);
    list.append(...found.map((asset) => row(asset, of)));
    more.hidden = isEnd;
    say(current.size === 0 ? 'There are none yet.' : '');
    announce(`${current.size} assets listed`);
  } catch (error) {
    if (current !== shown) return;
    pages = undefined;
    more.hidden = false;
    say(error.message);
  }
}

/** The next twenty that are not shown yet, and whether they are the last. */
async function take(pages, known) {
  const found = [];
  while (found.length < PAGE) {
    const { value, done } = await pages.next();
    if (done) return { found, isEnd: true };
    if (!known.has(value.id)) found.push(value);
  }
  return { found, isEnd: false };
}

function row(asset, of) {
  const name = asset.ref ?? asset.id;
  const code = make('code', {}, name);
  const copy = make('button', { type: 'button', className: 'quiet', hidden: !asset.ref }, 'Copy');
  copy.setAttribute('aria-label', `Copy the reference of asset ${asset.id}`);
  copy.addEventListener('click', () => copyText(asset.ref, code));
  const remove = make('button', { type: 'button', className: 'quiet' }, 'Delete');
  remove.setAttribute('aria-label', `Delete asset ${asset.id}`);
  const state = asset.expiresAt ? `${asset.status}, expires on ${day(asset.expiresAt)}` : asset.status;
  const element = make('li', { data: { asset: asset.id } }, code, make('span', {}, state), copy, remove);
  confirmed(remove, async () => {
    try {
      await deleteAsset(asset.id, callOptions(of));
      pages = undefined;
      (element.nextElementSibling?.querySelector('button:last-child') ?? panel.querySelector('summary')).focus();
      element.remove();
      announce(`Asset ${asset.id} deleted`);
    } catch (error) {
      say(error.message);
      announce(error.message);
    }
  });
  return element;
}

/** Copies a text, or selects it if the browser does not allow that. */
async function copyText(text, element) {
  const select = () => {
    getSelection().selectAllChildren(element);
    return 'Selected; press Control C to copy';
  };
  announce(await navigator.clipboard.writeText(text).then(() => 'Copied', select));
}

/** There is no way back, so it takes a second press. */
function confirmed(button, act) {
  const [words, label] = [button.textContent, button.getAttribute('aria-label')];
  const say = (isAsking) => {
    button.classList.toggle('asking', isAsking);
    button.textContent = isAsking ? 'Really?' : words;
    button.setAttribute('aria-label', isAsking ? `Really ${label.toLowerCase()}?` : label);
  };
  button.addEventListener('blur', () => say(false));
  button.addEventListener('click', async () => {
    if (!button.classList.contains('asking')) {
      button.focus(); // Safari does not focus what is clicked, and there would be no blur to take the question back
      return say(true);
    }
    button.disabled = true;
    await act();
    button.disabled = false;
    say(false);
  });
}

function callOptions(provider) {
  return { provider: provider.id, ...chosenOptions(provider).options };
}

function day(date) {
  return date.toLocaleDateString('en', { dateStyle: 'long' });
}

function say(text) {
  note.textContent = text;
  note.hidden = text === '';
}
