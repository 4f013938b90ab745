// One upload's card: every state of it as elements of the page.

import { explain } from '/mediaferry/index.js';
import { announce } from './announce.js';
import { make } from './elements.js';
import { describe, mismatch } from './facts.js';
import { isRefusal, problem, result } from './outcome.js';
import { thumbnail } from './thumbnail.js';
import { bytes, span } from './units.js';
import { Verdicts } from './who.js';
import { plainAddress, stageWords, transferWords } from './words.js';

/** Numbers that change faster than this cannot be read. */
const TEXT_MILLIS = 250;
const OVER = ['done', 'failed', 'cancelled'];

export class Card {
  state = 'waiting';
  /** The upload that it shows. */
  task;
  #on;
  #find;
  #verdicts;
  #stage = 'inspect';
  #textAt = 0;
  #countdown;

  /** `source` is a file or a URL, `chosen` the provider with its options, `on` what to call for what a card cannot do. */
  constructor(source, chosen, on) {
    this.source = source;
    this.#on = on;
    const template = document.querySelector('#upload-template');
    this.element = template.content.firstElementChild.cloneNode(true);
    this.#find = (selector) => this.element.querySelector(selector);
    this.choose(chosen);
    this.#name();
    const actions = {
      pause: () => this.task.pause(),
      resume: () => this.task.resume(),
      cancel: () => this.task.abort(),
      retry: () => on.retry(this),
      remove: () => on.remove(this),
    };
    for (const [action, act] of Object.entries(actions)) {
      const button = this.#find(`.${action}`);
      button.setAttribute('aria-label', `${button.textContent} ${this.name}`);
      button.addEventListener('click', act);
    }
  }

  /** Whether nothing more will happen to it by itself. */
  get isOver() {
    return OVER.includes(this.state);
  }

  choose({ provider, options }) {
    this.provider = provider;
    this.options = options;
  }

  /** Changes the state; whoever was on a button that is gone now is put on the card. */
  show(state, { canRetry = state === 'cancelled' } = {}) {
    const held = this.element.contains(document.activeElement) && document.activeElement;
    const isNew = state === 'waiting' && this.state !== 'paused';
    this.state = state;
    this.element.dataset.state = state;
    delete this.element.dataset.code;
    clearInterval(this.#countdown);
    this.#find('.ending').replaceChildren();
    if (isNew) {
      this.#find('progress').value = 0;
      this.#find('.notes').replaceChildren();
    }
    this.#find('progress').hidden = state !== 'running' && state !== 'paused';
    this.#find('.pause').hidden = state !== 'running';
    this.#find('.resume').hidden = state !== 'paused';
    this.#find('.cancel').hidden = this.isOver;
    this.#find('.retry').hidden = !canRetry;
    this.#find('.remove').hidden = !this.isOver;
    this.#say({ waiting: 'Waiting', running: 'Starting', paused: 'Paused', cancelled: 'Cancelled' }[state] ?? '');
    if (state === 'cancelled' || state === 'paused') announce(this, `${this.name}: ${state}`, state);
    if (held && (!held.isConnected || held.closest('[hidden]'))) this.element.focus({ preventScroll: true });
    this.#on.changed();
  }

  inspected(media) {
    this.#find('.what').textContent = describe(media);
    if (media.mismatch) {
      const says = mismatch(media);
      const note = make('p', { data: { mismatch: media.mime } }, `${says}: it is sent as ${media.mime}.`);
      note.dataset.unsent = `${says}.`;
      this.#find('.notes').append(note);
    }
    const thumb = this.#find('.thumb');
    if (thumb.querySelector('canvas')) return;
    thumb.textContent = media.extension;
    thumbnail(this.source, media, () => this.element.isConnected).then(
      (canvas) => canvas && thumb.replaceChildren(canvas),
    );
  }

  /** Says what the provider would rather have. */
  advised(advice) {
    this.#find('.notes').append(...advice.map((one) => make('p', { data: { advice: one.rule } }, explain(one))));
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
  retrying(retry) {
    const until = performance.now() + retry.delayMillis;
    const tell = () => {
      const left = (until - performance.now()) / 1000;
      if (left > 0) return this.#say(`${explain(retry)} Next try in ${span(Math.ceil(left))}.`, retry.attempt);
      clearInterval(this.#countdown);
      this.#say(stageWords(this.#stage, this.provider));
    };
    clearInterval(this.#countdown);
    tell();
    this.#countdown = setInterval(tell, 500);
    announce(this, `${this.name}: ${this.#find('.status').textContent}`, 'waiting for another try');
  }

  done(asset) {
    this.asset = asset;
    this.show('done');
    this.#say(`Done: ${this.provider.name} has it`);
    this.#find('.ending').append(result(asset, this.name));
    announce(this, `${this.name}: done`, 'done');
  }

  failed(error) {
    this.show('failed', { canRetry: Boolean(error.retryable || error.unclear) });
    this.element.dataset.code = error.code ?? '';
    const note = this.#find('[data-mismatch]');
    if (note && isRefusal(error)) note.textContent = note.dataset.unsent;
    const what = this.#verdicts ? 'file' : 'URL';
    const during = stageWords(this.#stage, this.provider);
    const { headline, element } = problem(error, { what, provider: this.provider, during });
    this.#say(headline);
    this.#find('.ending').append(element);
    const told = `${this.name}: ${headline} ${element.textContent}`;
    announce(this, told, 'failed');
    if (isRefusal(error) && this.#verdicts) this.#offer(element, told);
  }

  close() {
    clearInterval(this.#countdown);
    this.element.remove();
  }

  /** Says what it is about, as far as that is known without a look at it. */
  #name() {
    const isFile = this.source instanceof Blob;
    this.name = isFile ? this.source.name || 'Pasted file' : plainAddress(this.source);
    this.#find('.name').textContent = this.name;
    this.#find('.name').title = this.name;
    this.#find('.what').textContent = isFile ? bytes(this.source.size) : `A URL that ${this.provider.name} fetches`;
    this.#find('progress').setAttribute('aria-label', `Upload of ${this.name}`);
    const who = this.#find('.who');
    if (isFile) {
      this.#verdicts = new Verdicts(this.source);
      this.#verdicts.fill(who);
      who.querySelector('summary').append(make('span', { className: 'unseen' }, ` ${this.name}`));
    } else {
      this.element.classList.add('of-url');
      this.#find('.thumb').textContent = 'URL';
      who.remove();
    }
  }

  /** Behind these reasons of a refusal, which have been told: who would take the file. */
  async #offer(reasons, told) {
    const send = (provider) => this.#on.send(this, provider);
    const others = await this.#verdicts.others(this.provider.id, send, this.name);
    if (!reasons.isConnected) return; // it is tried again, or gone
    reasons.after(make('div', { className: 'others' }, ...others));
    announce(this, `${told} ${others[0].textContent}`, 'failed');
  }

  #say(text, attempt) {
    this.#find('.status').textContent = text;
    if (attempt) this.element.dataset.retrying = attempt;
    else delete this.element.dataset.retrying;
  }
}
