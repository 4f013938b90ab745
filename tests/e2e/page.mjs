// Uses the demo page as a person does: drops, picks and pastes files, and reads what <media-ferry> shows of each.

import { setTimeout as sleep } from 'node:timers/promises';

/** Opens the list of providers, once it is filled, and takes one. */
export async function choose(tab, provider) {
  const option = tab.page.waitForSelector(`#provider option[value="${provider}"]`, { timeout: 15_000 });
  await option.catch((error) => Promise.reject(new Error(`${error.message}: ${tab.errors.join()}`)));
  await tab.page.select('#provider', provider);
}

/** Drops files onto the page, by itself where its own place for them is. */
export async function drop(tab, files, place = '#files') {
  await transfer(tab, files, place, ['dragenter', 'dragover', 'drop']);
}

/** Picks files by the page's own input. */
export async function pick(tab, files) {
  const input = await tab.page.evaluateHandle(() => document.querySelector('#files').shadowRoot.querySelector('input'));
  await input.uploadFile(...tab.save(files));
}

/** Pastes files into the page. */
export async function paste(tab, files) {
  await transfer(tab, files, 'body', ['paste']);
}

async function transfer(tab, files, target, events) {
  const input = await tab.holding(files);
  await tab.page.evaluate(
    (input, target, events) => {
      const data = new DataTransfer();
      for (const file of input.files) data.items.add(file);
      for (const type of events) {
        const options = { bubbles: true, cancelable: true, composed: true };
        const paste = type === 'paste';
        const event = new (paste ? ClipboardEvent : DragEvent)(type, { ...options, dataTransfer: data });
        // Firefox ignores clipboard data in a synthetic event.
        if (paste) Object.defineProperty(event, 'clipboardData', { value: data });
        document.querySelector(target).dispatchEvent(event);
      }
    },
    input,
    target,
    events,
  );
}

/** The item of a file or URL in the list. */
export async function itemOf(tab, name) {
  return await tab.page.evaluateHandle(
    (name) =>
      [...document.querySelector('#files').shadowRoot.querySelectorAll('li[part]')].find((item) =>
        item.querySelector('[part="name"]').textContent.includes(name),
      ),
    name,
  );
}

/** Presses a button of an item, which must be there to be seen. */
export async function press(tab, name, button) {
  const found = await (await itemOf(tab, name)).waitForSelector(button, { visible: true });
  await found.evaluate((element) => element.click());
}

/** Waits until something in the list is there to be seen. */
export async function waitForItem(tab, selector) {
  const list = await tab.page.evaluateHandle(() => document.querySelector('#files').shadowRoot);
  return await list.waitForSelector(selector, { visible: true });
}

/** Waits until the element answers a question as wanted. */
export async function until(tab, read, wanted) {
  let answer = await tab.page.$eval('#files', read);
  for (const end = Date.now() + 30_000; !wanted(answer); answer = await tab.page.$eval('#files', read)) {
    if (Date.now() > end) throw new Error(`the element answers ${answer}`);
    await sleep(20);
  }
}

/** Everything on the page, with what is inside of the element. */
export async function wholePage(tab) {
  return (await tab.page.content()) + (await tab.page.$eval('#files', ({ shadowRoot }) => shadowRoot.innerHTML));
}

/** From now on, records what the page copies; see `copied`. */
export async function catchCopies(tab) {
  await tab.page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      globalThis.copied = text;
    };
  });
}

/** The text that was copied last. */
export const copied = (tab) => tab.page.evaluate(() => globalThis.copied);

/** Waits until an element has this text. */
export async function waitForText(tab, selector, words) {
  await tab.page.evaluate(pollText, selector, words, 10_000);
}

/** What the list shows of a file once its upload is over, or in one of `states`. */
export async function ended(tab, name, { states = ['succeeded', 'failed', 'aborted'], seconds = 30 } = {}) {
  const shown = await tab.page.evaluate(readItem, name, states, seconds * 1000);
  await tab.settled();
  return shown;
}

/** Runs in the page. `waitForFunction` would need `unsafe-eval`, which the page's policy forbids. */
async function pollText(selector, words, millis) {
  const find = () => document.querySelector(selector)?.innerText.trim();
  for (const end = Date.now() + millis; find() !== words; ) {
    if (Date.now() > end) throw new Error(`${selector} says ${find()}, not ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs in the page, for the same reason. */
async function readItem(name, states, millis) {
  const { shadowRoot, uploader } = document.querySelector('#files');
  const find = () =>
    [...shadowRoot.querySelectorAll('li[part]')].find((item) =>
      item.querySelector('[part="name"]').textContent.includes(name),
    );
  const stateOf = (item) => item?.getAttribute('part').replace('item ', '');
  const end = Date.now() + millis;
  while (!states.includes(stateOf(find()))) {
    if (Date.now() > end) throw new Error(`${name} has not ended: ${find()?.outerHTML ?? 'it is not in the list'}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const item = find();
  // What is out of view is not rendered, and so has no text.
  item.scrollIntoView({ block: 'nearest' });
  for (const end = Date.now() + 2_000; !item.innerText && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  const task = uploader.tasks.find(({ source }) => (source.name ?? source).includes(name));
  const isOver = !['queued', 'uploading', 'paused'].includes(stateOf(item));
  const error = isOver
    ? await task.result.then(
        () => undefined,
        (reason) => reason,
      )
    : undefined;
  return {
    state: stateOf(item),
    code: error?.code ?? '',
    ref: item.querySelector('[part="reference"] code')?.textContent ?? null,
    sha256: item.querySelector('[part="checksum"] code')?.title ?? null,
    mismatch: item.querySelector('[part="mismatch"]').checkVisibility(),
    rules: [...item.querySelectorAll('[part="error"][data-rule]')].map(({ dataset }) => dataset.rule),
    words: item.innerText,
  };
}
