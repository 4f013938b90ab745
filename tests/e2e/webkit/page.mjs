// A page and what is on it: most calls are functions that WebDriver runs there.

import { EventEmitter } from 'node:events';
import { choose, find, perform, prepare } from './inside.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const KEYS = { Backspace: '\ue003', Tab: '\ue004', Enter: '\ue007', ' ': ' ' };

/** Tells of `pageerror` when it is next asked for something; `browser.mjs` lets it tell of requests. */
export class Page extends EventEmitter {
  #command;
  #closed = false;
  #document = new Handle(this, 0);

  constructor(command) {
    super();
    this.#command = command;
  }

  /** What goes wrong before the page has loaded is not heard. */
  async goto(url) {
    await this.#command('POST', '/url', { url });
    await this.#command('POST', '/execute/sync', { script: `(${prepare})()`, args: [] });
  }

  /** Leaves the address, and with it all that runs there. */
  async close() {
    this.#closed = true;
    await this.#command('POST', '/url', { url: 'about:blank' });
  }

  isClosed = () => this.#closed;
  content = () => this.#command('GET', '/source');

  evaluate = (code, ...args) => this.#call(code, args, false);

  async evaluateHandle(code, ...args) {
    const held = await this.#call(code, args, true);
    return held ? new Handle(this, held) : null;
  }

  $ = (selector) => this.#document.$(selector);
  $eval = (selector, code) => this.#document.$eval(selector, code);
  $$eval = (selector, code) => this.#document.$$eval(selector, code);
  waitForSelector = (selector, options) => this.#document.waitForSelector(selector, options);

  focus = (selector) => this.$eval(selector, (element) => element.focus());
  select = async (selector, value) => this.evaluate(choose, await this.$(selector), value);

  async type(selector, text) {
    await this.focus(selector);
    await this.#press([...text]);
  }

  keyboard = { press: (key) => this.#press([KEYS[key]]) };

  async #press(keys) {
    const actions = keys.flatMap((value) => ['keyDown', 'keyUp'].map((type) => ({ type, value })));
    await this.#command('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Gives files to an input, which WebDriver wants to find in the document. */
  async give(input, paths) {
    await input.evaluate((element) => element.isConnected || document.documentElement.append(element));
    const script = `return globalThis.driven.held[${input.held}]`;
    const { [ELEMENT]: id } = await this.#command('POST', '/execute/sync', { script, args: [] });
    await this.#command('POST', `/element/${id}/value`, { text: paths.join('\n') });
  }

  async #call(code, args, keep) {
    const given = args.map((value) => (value instanceof Handle ? { held: value.held } : { value }));
    // The function is part of the script: the page's policy forbids `eval`.
    const script = `const [given, keep, done] = arguments; (${perform})(${code}, given, keep).then(done);`;
    const answer = await this.#command('POST', '/execute/async', { script, args: [given, keep] });
    const { value, error, wrong } = JSON.parse(answer);
    for (const message of wrong) this.emit('pageerror', { message });
    if (error !== undefined) throw new Error(error);
    return value;
  }
}

/** Something that stays in the page, mostly an element. */
class Handle {
  constructor(page, held) {
    Object.assign(this, { page, held });
  }

  evaluate = (code, ...args) => this.page.evaluate(code, this, ...args);
  uploadFile = (...paths) => this.page.give(this, paths);

  $ = (selector) => this.page.evaluateHandle((root, selector) => root.querySelector(selector), this, selector);
  waitForSelector = (selector, options) => this.page.evaluateHandle(find, this, selector, options);

  async $eval(selector, code) {
    return await this.page.evaluate(code, await this.$(selector));
  }

  async $$eval(selector, code) {
    const found = await this.page.evaluateHandle(
      (root, selector) => [...root.querySelectorAll(selector)],
      this,
      selector,
    );
    return await found.evaluate(code);
  }
}
