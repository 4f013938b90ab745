// Uses the demo page as a person does: drops, picks and pastes files, and reads the cards.

/** Opens the list of providers, once it is filled, and takes one. */
export async function choose(tab, provider) {
  const option = tab.page.waitForSelector(`#provider option[value="${provider}"]`, { timeout: 15_000 });
  await option.catch((error) => Promise.reject(new Error(`${error.message}: ${tab.errors.join()}`)));
  await tab.page.select('#provider', provider);
}

/** Drops files onto the page, by itself where its own place for them is. */
export async function drop(tab, files, place = '#drop') {
  await transfer(tab, files, place, ['dragenter', 'dragover', 'drop']);
}

/** Picks files by the page's own input. */
export async function pick(tab, files) {
  const input = await tab.page.$('#file');
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

/** The card of a file or URL. */
export async function cardOf(tab, name) {
  return await tab.page.evaluateHandle(
    (name) => [...document.querySelectorAll('#uploads > .upload')].find((card) => card.innerText.includes(name)),
    name,
  );
}

/** Presses a button of a card, which must be there to be seen. */
export async function press(tab, name, button) {
  const found = await (await cardOf(tab, name)).waitForSelector(button, { visible: true });
  await found.evaluate((element) => element.click());
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

/** The card of a file once it is done, failed or cancelled, or in one of `states`. */
export async function ended(tab, name, { states = ['done', 'failed', 'cancelled'], seconds = 30 } = {}) {
  const card = await tab.page.evaluate(readCard, name, states, seconds * 1000);
  await tab.settled();
  return card;
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
async function readCard(name, states, millis) {
  const find = () => [...document.querySelectorAll('#uploads > .upload')].find((card) => card.innerText.includes(name));
  const end = Date.now() + millis;
  while (!states.includes(find()?.dataset.state)) {
    if (Date.now() > end) throw new Error(`${name} has not ended: ${find()?.outerHTML ?? 'there is no card'}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const card = find();
  const value = (key) => {
    const element = card.querySelector(`[data-${key}]`);
    return element && (element.dataset[key] || element.textContent.trim());
  };
  return {
    state: card.dataset.state,
    code: card.dataset.code ?? '',
    ref: value('ref'),
    sha256: value('sha256'),
    mismatch: Boolean(card.querySelector('[data-mismatch]:not([hidden])')),
    rules: [...card.querySelectorAll('[data-rule]')].map((item) => item.dataset.rule),
    notes: [...card.querySelectorAll('[data-warning]')].map((note) => note.textContent),
    words: card.innerText,
  };
}
