// The list of cards: the newest on top, at most three uploads at once.

import { announce } from './announce.js';
import { Card } from './card.js';
import { Queue } from './queue.js';
import { runUpload } from './run.js';
import { showTogether } from './together.js';
import { summary } from './words.js';

/** Cards made before the page may paint again. */
const BATCH = 20;
/** Cards from which on those out of sight are not laid out. */
const MANY = 40;

const element = document.querySelector('#uploads');
const find = (selector) => document.querySelector(selector);

export class List {
  #choice;
  #cards = new Set();
  #queue = new Queue(3);
  #frame;

  /** `choice` promises what tells the provider and its options; see `startProviders`. */
  constructor(choice) {
    this.#choice = choice;
  }

  /** Puts new files and URLs on top, in their order, and starts them in that order; says whether they may be sent. */
  async add(sources) {
    const chosen = (await this.#choice)();
    if (!chosen) return false;
    const before = element.firstElementChild;
    for (let at = 0; at < sources.length; at += BATCH) {
      const batch = sources.slice(at, at + BATCH).map((source) => new Card(source, chosen, this.#on));
      const place = before?.isConnected ? before : null;
      for (const card of batch) {
        element.insertBefore(card.element, place);
        this.#cards.add(card);
        this.#start(card);
      }
      if (at === 0) announce('page', sources.length === 1 ? `${batch[0].name} added` : `${sources.length} files added`);
      await new Promise((resolve) => setTimeout(resolve));
    }
    return true;
  }

  /** Whether something would be lost with the page. */
  get isBusy() {
    return [...this.#cards].some(({ state }) => state === 'running');
  }

  clearFinished() {
    for (const card of this.#cards) if (card.isOver) this.#drop(card);
    this.#changed();
    (this.#cards.size > 0 ? find('#list-title') : find('#file')).focus();
  }

  /** What a card asks for. */
  #on = {
    start: (card) => this.#start(card),
    send: (card, provider) => this.#send(card, provider),
    cancel: (card) => this.#cancel(card),
    remove: (card) => this.#remove(card),
    changed: () => this.#changed(),
  };

  #start(card) {
    card.abort = new AbortController();
    card.show('waiting');
    this.#queue.add(card, () => runUpload(card));
  }

  /** To another provider than the one that has refused it. */
  async #send(card, provider) {
    const chosen = (await this.#choice)(provider);
    if (!chosen) return;
    card.choose(chosen);
    this.#start(card);
  }

  #cancel(card) {
    card.abort.abort();
    if (this.#queue.forget(card)) card.show('cancelled');
  }

  #remove(card) {
    if (card.element.contains(document.activeElement)) focusBeside(card.element);
    this.#drop(card);
    this.#changed();
  }

  #drop(card) {
    this.#cards.delete(card);
    card.close();
  }

  /** Counts once per frame, however many cards have changed. */
  #changed() {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#show([...this.#cards]);
    });
  }

  #show(cards) {
    find('#list').hidden = cards.length === 0;
    find('main').classList.toggle('has-files', cards.length > 0);
    element.classList.toggle('many', cards.length > MANY);
    find('#summary').textContent = summary(cards.map(({ state }) => state));
    find('#clear').hidden = !cards.some((card) => card.isOver);
    showTogether(cards);
  }
}

function focusBeside(card) {
  const next = card.nextElementSibling ?? card.previousElementSibling ?? find('#file');
  next.focus();
}
