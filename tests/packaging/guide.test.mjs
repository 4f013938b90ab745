// The guide describes every consumer as the tests find it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CONSUMERS, PAGES } from './consumers.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const guide = read('../../docs/guides/bundlers-and-csp.md');

test('the guide has a row for every consumer', () => {
  // Policies have a table of their own, in words.
  const pages = Object.entries(PAGES).filter(([, { uses, policy }]) => uses && !policy);
  for (const [name, { uses }] of [...Object.entries(CONSUMERS), ...pages]) {
    assert.ok(guide.includes(`| ${name} | ${uses.wasm} | ${uses.worker} |`), `${name} is missing, or goes another way`);
  }
});

test('the guide of Angular has the settings of its consumer', () => {
  const { projects } = JSON.parse(read('app/angular/angular.json'));
  const settings = /^```json\n([\s\S]*?)^```/m.exec(read('../../docs/guides/angular.md'))[1];
  assert.deepEqual(JSON.parse(`{${settings}}`).assets, projects.app.architect.build.options.assets);
  const call = /init\((\{.*\})\)/.exec(read('../../docs/guides/angular.md'))[1];
  for (const [name, url] of Object.entries(CONSUMERS['Angular 22'].init))
    assert.ok(call.includes(`${name}: '${url}'`), `${name} is missing`);
});
