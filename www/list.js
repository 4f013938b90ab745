// The list of cards: the newest on top, at most three uploads at once.

import { Uploader } from '/mediaferry/index.js';
import { announce } from './announce.js';
import { Card } from './card.js';
import { follow } from './follow.js';
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
  #uploader = new Uploader({ concurrency: 3 });
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
    return [...this.#cards].some(({ state }) => state === 'running' || state === 'paused');
  }

  clearFinished() {
    for (const card of this.#cards) if (card.isOver) this.#drop(card);
    this.#changed();
    (this.#cards.size > 0 ? find('#list-title') : find('#file')).focus();
  }

  /** What a card asks for. */
  #on = {
    retry: (card) => this.#retry(card),
    send: (card, provider) => this.#send(card, provider),
    remove: (card) => this.#remove(card),
    changed: () => this.#changed(),
  };

  #start(card) {
    if (card.task) this.#uploader.remove(card.task);
    card.task = this.#uploader.add(card.source, { provider: card.provider.id, ...card.options });
    card.show('waiting');
    follow(card, card.task);
  }

  #retry(card) {
    card.task.retry({ force: true });
    card.show('waiting');
    follow(card, card.task);
  }

  /** To another provider than the one that has refused it. */
  async #send(card, provider) {
    const chosen = (await this.#choice)(provider);
    if (!chosen) return;
    card.choose(chosen);
    this.#start(card);
  }

  #remove(card) {
    if (card.element.contains(document.activeElement)) focusBeside(card.element);
    this.#drop(card);
    this.#changed();
  }

  #drop(card) {
    this.#cards.delete(card);
    card.close();
    this.#uploader.remove(card.task);
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
