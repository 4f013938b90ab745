// The demo page: a provider, files from anywhere, one card each, at most three uploads at once.

import { announce } from './announce.js';
import { Card } from './card.js';
import { takeFiles } from './intake.js';
import { startProviders } from './provider.js';
import { Queue } from './queue.js';
import { runUpload } from './run.js';
import { summary } from './words.js';

/** Cards made before the page may paint again. */
const BATCH = 20;
/** Cards from which on those out of sight are not laid out. */
const MANY = 40;

const list = document.querySelector('#uploads');
const queue = new Queue(3);
const cards = new Set();

const provider = startProviders();
provider.catch(showAlert);
takeFiles((files) => add(files).catch(showAlert));
document.querySelector('#clear').addEventListener('click', clearFinished);
globalThis.addEventListener('beforeunload', (event) => {
  if (count('running') > 0) event.preventDefault();
});

/** Puts new files on top of the list, in their order, and starts them in that order. */
async function add(files) {
  const { current } = await provider;
  const chosen = current();
  const before = list.firstElementChild;
  announce('page', files.length === 1 ? `${files[0].name} added` : `${files.length} files added`);
  for (let at = 0; at < files.length; at += BATCH) {
    const batch = files.slice(at, at + BATCH).map((file) => new Card(file, chosen, { start, cancel, remove, changed }));
    list.insertBefore(fragment(batch), before?.isConnected ? before : null);
    for (const card of batch) {
      cards.add(card);
      start(card);
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function start(card) {
  card.abort = new AbortController();
  card.show('waiting');
  queue.add(card, () => runUpload(card));
}

function cancel(card) {
  card.abort.abort();
  if (queue.forget(card)) card.show('cancelled');
}

function remove(card) {
  if (card.element.contains(document.activeElement)) focusBeside(card.element);
  drop(card);
  changed();
}

function clearFinished() {
  for (const card of cards) if (card.isOver) drop(card);
  changed();
  (cards.size > 0 ? document.querySelector('#list-title') : document.querySelector('#file')).focus();
}

function drop(card) {
  cards.delete(card);
  card.close();
}

function focusBeside(element) {
  const next = element.nextElementSibling ?? element.previousElementSibling ?? document.querySelector('#file');
  next.focus();
}

/** Counts once per frame, however many cards have changed. */
let frame;
function changed() {
  if (frame !== undefined) return;
  frame = requestAnimationFrame(() => {
    frame = undefined;
    document.querySelector('#list').hidden = cards.size === 0;
    document.querySelector('main').classList.toggle('has-files', cards.size > 0);
    list.classList.toggle('many', cards.size > MANY);
    document.querySelector('#summary').textContent = summary([...cards].map(({ state }) => state));
    document.querySelector('#clear').hidden = ![...cards].some((card) => card.isOver);
  });
}

function count(state) {
  return [...cards].filter((card) => card.state === state).length;
}

function fragment(batch) {
  const fragment = document.createDocumentFragment();
  fragment.append(...batch.map((card) => card.element));
  return fragment;
}

function showAlert(error) {
  const alert = document.querySelector('#alert');
  alert.hidden = false;
  alert.textContent = `The page cannot work: ${error.message}. Loading it again may help.`;
}
