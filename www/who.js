// Which provider takes a file: the question on its card, and the way to another one when it was refused.

import { check, explain, providers } from '/mediaferry/index.js';
import { make } from './elements.js';
import { listed } from './words.js';

/** Everyone's verdict on one file, found out when it is first asked for. */
export class Verdicts {
  #file;
  #all;

  constructor(file) {
    this.#file = file;
  }

  /** Each provider's verdict with its name. */
  get() {
    this.#all ??= this.#ask();
    return this.#all;
  }

  /** Fills this disclosure when it is first opened. */
  fill(details) {
    const show = async () => {
      const found = await this.get().then((all) => all.map(row), failure);
      details.querySelector('.verdicts').replaceChildren(...found);
    };
    details.addEventListener('toggle', show, { once: true });
  }

  /** Who would take what this provider has refused: a line, and a button for each that calls `send` with its id. */
  async others(refuser, send, name) {
    const all = await this.get().catch(() => []);
    const takers = all.filter(({ provider, accepted }) => accepted && provider !== refuser);
    if (takers.length === 0) return [make('p', {}, 'No other provider accepts it.')];
    const names = takers.map(({ title }) => title);
    const buttons = takers.map(({ provider, title }) => {
      const button = make('button', { type: 'button', data: { send: provider } }, title);
      button.setAttribute('aria-label', `Send ${name} to ${title}`);
      button.addEventListener('click', () => send(provider));
      return button;
    });
    const line = `${listed(names)} ${names.length === 1 ? 'accepts' : 'accept'} it.`;
    return [make('p', {}, line), make('div', { className: 'ways' }, 'Send it to', ...buttons)];
  }

  async #ask() {
    const [verdicts, all] = await Promise.all([check(this.#file), providers()]);
    const titles = new Map(all.map(({ id, name }) => [id, name]));
    return verdicts.map((verdict) => ({ ...verdict, title: titles.get(verdict.provider) }));
  }
}

function row({ provider, title, accepted, violations, warnings }) {
  const reasons = [...violations, ...warnings].map((reason) => make('span', {}, explain(reason)));
  const state = accepted && warnings.length > 0 ? 'warnings' : accepted;
  const says = make(
    'p',
    {},
    make('strong', {}, title),
    ` ${accepted ? 'accepts it' : 'does not accept it'}${reasons.length > 0 ? ':' : ''}`,
  );
  return make('li', { data: { provider, accepted: state } }, says, ...reasons);
}

function failure(error) {
  return [make('li', {}, error.message)];
}
