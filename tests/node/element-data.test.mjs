// What editors read about <media-ferry> is what the element has.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MediaFerryElement } from 'mediaferry/element';
import { guideTables } from '../../scripts/build/element-data.mjs';

const read = (name) => readFileSync(new URL(`../../dist/${name}`, import.meta.url), 'utf8');
const [{ declarations, exports: names }] = JSON.parse(read('custom-elements.json')).modules;
const [element] = declarations;
const sorted = (list) => list.map(({ name }) => name).sort();

test('the manifest names the element and its file, as package.json says', () => {
  const { customElements } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.equal(customElements, './dist/custom-elements.json');
  assert.deepEqual([element.tagName, element.name], ['media-ferry', 'MediaFerryElement']);
  assert.deepEqual(
    names.map(({ declaration }) => declaration),
    [1, 2].map(() => ({ name: 'MediaFerryElement', module: 'dist/element.js' })),
  );
});

test('it has every attribute, with the property that reflects it', () => {
  assert.deepEqual(sorted(element.attributes), [...MediaFerryElement.observedAttributes].sort());
  for (const { name, fieldName, description } of element.attributes) {
    const field = element.members.find((member) => member.name === fieldName);
    assert.deepEqual([field.attribute, field.reflects, field.readonly], [name, true, false]);
    assert.ok(fieldName in MediaFerryElement.prototype && description);
  }
  const [tag] = JSON.parse(read('vscode.html-data.json')).tags;
  assert.deepEqual(sorted(tag.attributes), sorted(element.attributes));
  const values = (wanted) => tag.attributes.find(({ name }) => name === wanted).values.map(({ name }) => name);
  const providers = JSON.parse(readFileSync(new URL('../../js/generated/providers.json', import.meta.url), 'utf8'));
  assert.deepEqual(
    values('provider'),
    providers.map(({ id }) => id),
  );
  assert.deepEqual(values('route'), ['auto', 'form', 'url']);
});

test('it has every public property and method, and no other', () => {
  const own = Object.getOwnPropertyNames(MediaFerryElement.prototype);
  const isPublic = (name) => name !== 'constructor' && !name.endsWith('Callback');
  const documented = element.members.filter(({ attribute }) => !attribute);
  assert.deepEqual(sorted(documented), own.filter(isPublic).sort());
});

test('it has the events, and what the guide says about slots, parts and custom properties', () => {
  const events = sorted(element.events);
  const { event } = guideTables(readFileSync(new URL('../../docs/guides/element.md', import.meta.url), 'utf8'));
  assert.deepEqual(events, ['change', ...event.map(({ name }) => name)].sort());
  assert.equal(element.events.find(({ name }) => name === 'upload-error').type.text.includes('error'), true);
  assert.ok(element.cssProperties.every(({ name }) => name.startsWith('--media-ferry-')));
  for (const list of [element.events, element.slots, element.cssParts, element.cssProperties]) {
    assert.ok(list.length > 1);
    for (const { name, description } of list) assert.ok(description, name);
  }
});

test('a row of the guide with several names has one description for all, or one for each', () => {
  const table =
    '| part | |\n|---|---|\n| `a` `b` | first; second |\n| `c` `d` | both |\n\n| slot | |\n|---|---|\n| default | text |\n';
  const row = (name, description) => ({ name, description });
  assert.deepEqual(guideTables(table), {
    part: [row('a', 'first'), row('b', 'second'), row('c', 'both'), row('d', 'both')],
    slot: [row('', 'text')],
  });
});
