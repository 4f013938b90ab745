// The page with the element in a form: what a person does there, and what the form has of it.

import { openTab } from './browser.mjs';
import { browser, gateway } from './setup.mjs';

/** Opens the page once its elements are defined, and sets these properties of the element `many`. */
export async function openForm(t, properties = {}) {
  const tab = await openTab(t, browser, `${gateway.url}/`);
  await tab.page.waitForSelector('#many:defined');
  await tab.page.evaluate((properties) => Object.assign(document.querySelector('#many'), properties), properties);
  return tab;
}

/** Something inside of an element, once it is seen. */
export const shows = (tab, id, part) => tab.page.evaluateHandle(find, id, selector(part), true);

/** Waits until something inside of an element is not seen any more. */
export const hides = (tab, id, part) => tab.page.evaluate(find, id, selector(part), false);

/** Waits until the first so many uploads have succeeded. */
export async function allSucceed(tab, id, uploads) {
  for (let at = 1; at <= uploads; at++) await shows(tab, id, `[part~="succeeded"]:nth-child(${at})`);
}

/** The name of a part, or a selector. */
const selector = (part) => (/^\w[\w-]*$/.test(part) ? `[part~="${part}"]` : part);

/** Picks files by the element's own input. */
export async function pick(tab, id, files) {
  const input = await tab.page.evaluateHandle(
    (id) => document.getElementById(id).shadowRoot.querySelector('input'),
    id,
  );
  await input.uploadFile(...tab.save(files));
}

/** Dispatches events of dragging or pasting these files. */
export async function sendFiles(tab, id, files, ...events) {
  await tab.page.evaluate(
    (input, id, events) => {
      const data = new DataTransfer();
      for (const file of input.files) data.items.add(file);
      const target = document.getElementById(id).shadowRoot.querySelector('button');
      for (const type of events) {
        const isPaste = type === 'paste';
        const init = { bubbles: true, cancelable: true, composed: true, dataTransfer: data };
        const event = new (isPaste ? ClipboardEvent : DragEvent)(type, init);
        // Firefox ignores clipboard data in a synthetic event.
        if (isPaste) Object.defineProperty(event, 'clipboardData', { value: data });
        target.dispatchEvent(event);
      }
    },
    await tab.holding(files),
    id,
    events,
  );
}

export const press = async (tab, id, part) => (await shows(tab, id, part)).evaluate((button) => button.click());

export const focus = async (tab, id, part) => (await shows(tab, id, part)).evaluate((button) => button.focus());

export const words = async (tab, id, part) =>
  await (await shows(tab, id, part)).evaluate(({ textContent }) => textContent);

/** Asks the element something. */
export const evaluate = (tab, id, read) => tab.page.$eval(`#${id}`, read);

/** The part of the element that has the focus. */
export const focused = (tab, id) => evaluate(tab, id, (one) => one.shadowRoot.activeElement?.getAttribute('part'));

/** Why the form cannot be sent, as far as this element knows. */
export const reason = (tab, id) =>
  evaluate(tab, id, ({ validity, validationMessage }) => {
    const flags = ['valueMissing', 'customError', 'valid'].filter((flag) => validity[flag]);
    return `${flags}: ${validationMessage}`;
  });

/** What the form would send. */
export const entries = (tab) => tab.page.$eval('form', (form) => [...new FormData(form)]);

/** The elements' events so far; see element/page.js. */
export const recordedEvents = (tab) => tab.page.evaluate(() => globalThis.recordedEvents.map((fact) => fact.join(' ')));

/** Runs in the page: puppeteer's own waiting does not look into an element, and not every browser here has it. */
async function find(id, selector, isWanted) {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const found = document.getElementById(id).shadowRoot.querySelector(selector);
    if (Boolean(found?.checkVisibility()) === isWanted) return isWanted ? found : null;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { innerHTML } = document.getElementById(id).shadowRoot;
  throw new Error(`${selector} is ${isWanted ? 'not ' : ''}there: ${innerHTML}`);
}
