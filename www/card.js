// One file's card: every state of an upload as elements of the page.

import { announce } from './announce.js';
import { problem, result } from './outcome.js';
import { thumbnail } from './thumbnail.js';
import { bytes, span } from './units.js';
import { describe, mismatch, retryWords, stageWords, transferWords } from './words.js';

/** Numbers that change faster than this cannot be read. */
const TEXT_MILLIS = 250;
const OVER = ['done', 'failed', 'cancelled'];

export class Card {
  state = 'waiting';
  abort = new AbortController();
  #on;
  #find;
  #stage = 'inspect';
  #textAt = 0;
  #countdown;

  constructor(file, provider, on) {
    this.file = file;
    this.provider = provider;
    this.#on = on;
    const template = document.querySelector('#upload-template');
    this.element = template.content.firstElementChild.cloneNode(true);
    this.#find = (selector) => this.element.querySelector(selector);

    this.name = file.name || 'Pasted file';
    this.#find('.name').textContent = this.name;
    this.#find('.name').title = this.name;
    this.#find('.what').textContent = bytes(file.size);
    this.#find('progress').setAttribute('aria-label', `Upload of ${this.name}`);
    for (const action of ['cancel', 'retry', 'remove']) {
      const button = this.#find(`.${action}`);
      button.setAttribute('aria-label', `${button.textContent} ${this.name}`);
      button.addEventListener('click', () => on[action === 'retry' ? 'start' : action](this));
    }
  }

  /** Whether nothing more will happen to it by itself. */
  get isOver() {
    return OVER.includes(this.state);
  }

  /** Changes the state; whoever was on a button that is gone now is put on the card. */
  show(state, { retryable = state === 'cancelled' } = {}) {
    const held = this.element.contains(document.activeElement) && document.activeElement;
    this.state = state;
    this.element.dataset.state = state;
    delete this.element.dataset.code;
    clearInterval(this.#countdown);
    this.#find('.problem')?.remove();
    if (state === 'waiting') this.#find('progress').value = 0;
    this.#find('progress').hidden = state !== 'running';
    this.#find('.cancel').hidden = this.isOver;
    this.#find('.retry').hidden = !retryable;
    this.#find('.remove').hidden = !this.isOver;
    this.#say({ waiting: 'Waiting', running: 'Starting', cancelled: 'Cancelled' }[state] ?? '');
    if (state === 'cancelled') announce(this, `${this.name}: cancelled`, 'cancelled');
    if (held && (!held.isConnected || held.closest('[hidden]'))) this.element.focus({ preventScroll: true });
    this.#on.changed();
  }

  inspected(media) {
    this.#find('.what').textContent = describe(media);
    this.#find('[data-mismatch]')?.remove();
    if (media.mismatch) {
      const note = document.createElement('p');
      note.dataset.mismatch = media.mime;
      note.textContent = `${mismatch(media)}: it is sent as ${media.mime}.`;
      this.#find('.more').prepend(note);
      this.mismatch = mismatch(media);
    }
    const thumb = this.#find('.thumb');
    if (thumb.querySelector('canvas')) return;
    thumb.textContent = media.extension;
    thumbnail(this.file, media, () => this.element.isConnected).then(
      (canvas) => canvas && thumb.replaceChildren(canvas),
    );
  }

  stage(stage) {
    this.#stage = stage;
    this.element.dataset.stage = stage;
    clearInterval(this.#countdown);
    this.#say(stageWords(stage, this.provider));
    announce(this, `${this.name}: ${stageWords(stage, this.provider)}`, 'in progress');
  }

  progress(progress) {
    this.#find('progress').value = progress.fraction;
    const now = performance.now();
    if (this.#stage !== 'transfer' || (now - this.#textAt < TEXT_MILLIS && progress.sentBytes > 0)) return;
    this.#textAt = now;
    clearInterval(this.#countdown);
    this.#say(`${stageWords('transfer', this.provider)} · ${transferWords(progress)}`);
    delete this.element.dataset.retrying;
  }

  /** Counts the seconds to the next try. */
  retrying({ error, attempt, delayMillis }) {
    const until = performance.now() + delayMillis;
    const tell = () => {
      const left = (until - performance.now()) / 1000;
      if (left > 0) return this.#say(`${retryWords(error)}, next try in ${span(Math.ceil(left))}`, attempt);
      clearInterval(this.#countdown);
      this.#say(stageWords(this.#stage, this.provider));
    };
    clearInterval(this.#countdown);
    tell();
    this.#countdown = setInterval(tell, 500);
    announce(this, `${this.name}: ${this.#find('.status').textContent}`, 'waiting for another try');
  }

  done(asset) {
    this.show('done');
    this.#say(`Done: ${this.provider.name} has it`);
    this.#find('.more').append(result(asset, this.name));
    announce(this, `${this.name}: done`, 'done');
  }

  failed(error) {
    this.show('failed', { retryable: error.retryable ?? false });
    this.element.dataset.code = error.code ?? '';
    const isRefusal = error.code === 'rejected' || error.code === 'unrecognised_file';
    const note = this.#find('[data-mismatch]');
    if (note && isRefusal) note.textContent = `${this.mismatch}.`;
    const { headline, element } = problem(error, this.provider, isRefusal, stageWords(this.#stage, this.provider));
    this.#say(headline);
    this.#find('.more').append(element);
    announce(this, `${this.name}: ${headline} ${element.textContent}`, 'failed');
  }

  close() {
    this.abort.abort();
    clearInterval(this.#countdown);
    this.element.remove();
  }

  #say(text, attempt) {
    this.#find('.status').textContent = text;
    if (attempt) this.element.dataset.retrying = attempt;
    else delete this.element.dataset.retrying;
  }
}
