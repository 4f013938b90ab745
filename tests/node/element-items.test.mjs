// What the items of the element show, under jsdom and with the fake.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import { installWindow } from './dom-library.mjs';

installWindow(new JSDOM('<!doctype html>', { url: 'http://localhost:3000/', pretendToBeVisual: true }).window);
await import('mediaferry/element');
const { installFake } = await import('mediaferry/testing');

const picture = (name, size = 1000) => new File([new Uint8Array(size)], name, { type: 'image/png' });
const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** An element in the page, and what is needed to look at it. */
function create(t, script, properties = {}) {
  const fake = installFake({ upload: script, stepMillis: script.stepMillis ?? 0 });
  const element = document.createElement('media-ferry');
  Object.assign(element, { provider: 'modelhunter', multiple: true, ...properties });
  document.body.append(element);
  t.after(() => {
    element.remove();
    fake.uninstall();
  });
  const all = (part) => [...element.shadowRoot.querySelectorAll(`li [part~="${part}"]`)];
  const texts = (part) => all(part).map(({ textContent }) => textContent);
  const until = async (isDone, what) => {
    for (const end = Date.now() + 5000; !isDone(); await sleep(10))
      assert.ok(Date.now() < end, `${what}: ${element.shadowRoot.textContent}`);
  };
  return { element, all, texts, until };
}

test('the status text is not older than the progress bar when nothing moves any more', async (t) => {
  const script = { progress: [0.25, 0.75], holdAt: 0.75, stepMillis: 30 };
  const { element, all, texts, until } = create(t, script);
  element.uploader.add(picture('a.png', 4_000_000));
  await until(() => all('progress').some(({ value }) => value > 0.6), 'the bar moves');
  await sleep(300);
  assert.match(texts('status').join(), /^Uploading · 3(\.0)?\u00a0?\s?MB of 4/);
});

test('invalid options are reported once, and a retry is not offered', async (t) => {
  const { element, all, texts, until } = create(t, {}, { provider: 'onerouter' });
  const { error } = console;
  t.after(() => Object.assign(console, { error }));
  const reported = [];
  console.error = (what) => reported.push(what);
  await element.uploader.addAll(['a.png', 'b.png'].map((name) => picture(name)));
  await until(() => texts('error').length === 2, 'both fail');
  assert.match(texts('error').join(), /option 'model' must be .*option 'model' must be /);
  assert.deepEqual(
    all('retry').map(({ hidden }) => hidden),
    [true, true],
  );
  assert.deepEqual(
    reported.map(({ name }) => name),
    ['TypeError'],
  );
});

test('a retry is offered if code of the page has thrown a TypeError, as fetch does', async (t) => {
  const { element, all, texts, until } = create(t, { holdAt: 'ticket' });
  const task = element.uploader.add(picture('a.png'));
  await until(() => task.stage === 'ticket', 'it runs');
  element.uploader.emit([
    'upload-error',
    Object.defineProperty(task, 'status', { value: 'failed' }),
    new TypeError('x'),
  ]);
  await until(() => texts('error').length === 1, 'it fails');
  assert.deepEqual(
    all('retry').map(({ hidden }) => hidden),
    [false],
  );
});

test('reasons of a rejection follow the messages of the page, and other labels are not announced', async (t) => {
  const error = { code: 'rejected', violations: [{ rule: 'max_bytes', actual: 9, limit: 5 }] };
  const { element, texts, until } = create(t, { error }, { details: 'providers' });
  const region = element.shadowRoot.querySelector('[role="status"]');
  element.uploader.add(picture('a.png'));
  await until(() => texts('error').length === 1, 'it fails');
  assert.deepEqual(texts('error'), ['The file is 9 bytes; the maximum is 5 bytes.']);
  await until(() => /Accepted by/.test(region.textContent), 'it is announced');
  region.textContent = '';
  element.options = { messages: { rules: { max_bytes: 'Zu groß.' } } };
  element.labels = { language: 'de', retry: 'Erneut' };
  await until(() => texts('error').join() === 'Zu groß.', 'the reason follows');
  await sleep(800);
  assert.equal(region.textContent, '');
});

test('labels and messages can be set in any order, and also change files that were not added', async (t) => {
  const error = { code: 'rejected', violations: [{ rule: 'max_bytes', actual: 9, limit: 5 }] };
  const { element, texts, until } = create(t, { error }, { maxFileSize: 2000 });
  const refusals = () => element.shadowRoot.querySelector('[part="refusals"]');
  await element.uploader.addAll([picture('a.png'), picture('large.png', 2001), picture('huge.png', 2001)]);
  await until(() => texts('error').length === 1, 'it fails');
  assert.match(refusals().textContent, /^2 files were not added\. The file is 2,001 bytes/);
  element.labels = { language: 'de', dismiss: 'Weg', refused: (count) => `${count} fehlen.` };
  element.options = { messages: { rules: { max_bytes: 'Zu groß.', maxFileSize: 'Viel zu groß.' } } };
  assert.deepEqual(texts('error'), ['Zu groß.']);
  assert.equal(refusals().textContent, '2 fehlen. Viel zu groß.');
  assert.equal(refusals().querySelector('button').title, 'Weg');
  // The page may set the same messages with every change.
  const [item] = element.shadowRoot.querySelectorAll('[part~="error"]');
  element.options = { messages: element.options.messages };
  assert.ok(item.isConnected);
});

test('a question names its file, and a file that was added twice has a second question with buttons of its own', async (t) => {
  const { element, all, until } = create(t, { holdAt: 'inspect' });
  const file = picture('a.png');
  const tasks = [file, file].map((one) => element.uploader.add(one));
  await until(() => tasks.every(({ status }) => status === 'uploading'), 'both run');
  element.fix = true;
  const { confirm } = element.uploader.options.fix;
  const { signal } = new AbortController();
  const plan = { steps: [{ kind: 'convert', reason: 'format', to: { format: 'JPEG' } }] };
  const answers = [1, 2].map(() => confirm(plan, file, { signal }));
  await until(() => all('question').length === 2, 'both ask');
  const nameOf = (button) => [button.textContent, button.ariaLabel ?? button.getAttribute('aria-label')];
  assert.deepEqual(nameOf(all('fix')[0]), ['Fix and upload', 'Fix and upload a.png']);
  assert.deepEqual(nameOf(all('decline')[0]), ["Don't upload", "Don't upload a.png"]);
  all('fix')[1].click();
  assert.equal(await answers[0], true);
  await sleep(50);
  all('decline')[0].click();
  assert.equal(await Promise.race([answers[1], sleep(2000)]), false);
  await until(() => all('question').length === 0, 'all are answered');
});
