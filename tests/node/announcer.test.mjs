// What the element's announcer keeps and what it sums up.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { bundled } from './bundled.mjs';
import { installDom } from './dom.mjs';

installDom();
const { Announcer } = await bundled(`export { Announcer } from './element/announcer.js';`);

suite('the announcer', () => {
  function start(t) {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const announcer = new Announcer(() => '3 of 4 uploaded, 1 failed');
    const said = () => {
      t.mock.timers.tick(600);
      return announcer.element.textContent;
    };
    return { announcer, said };
  }

  test('many successes are summed up, a failure among them is not', (t) => {
    const { announcer, said } = start(t);
    for (const name of ['a', 'b', 'c']) announcer.announce(name, `${name}: Uploaded`);
    announcer.announce('d', 'holiday.heic: The file is HEIC.', true);
    assert.equal(said(), '3 of 4 uploaded, 1 failed. holiday.heic: The file is HEIC.');
  });

  test('every failure is announced, however many there are', (t) => {
    const { announcer, said } = start(t);
    for (const name of ['a', 'b', 'c', 'd', 'e']) announcer.announce(name, `${name}: no`, true);
    assert.equal(said(), '3 of 4 uploaded, 1 failed. a: no. b: no. c: no. d: no. e: no.');
  });

  test('a few events are announced one by one, each with its last text', (t) => {
    const { announcer, said } = start(t);
    announcer.announce('a', 'a added');
    announcer.announce('b', 'b: no', true);
    announcer.announce('a', 'a: Uploaded');
    assert.equal(said(), 'a: Uploaded. b: no.');
  });
});
