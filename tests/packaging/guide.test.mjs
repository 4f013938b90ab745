// The guide describes every consumer as the tests find it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CONSUMERS, FILES, PAGES } from './consumers.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const guide = read('../../docs/guides/bundlers-and-csp.md');

test('the guide has a row for every consumer', () => {
  for (const [name, { build, dev }] of Object.entries(CONSUMERS)) checkRow(name, words(build), words(dev));
  // Policies have a table of their own, in words.
  const pages = Object.entries(PAGES).filter(([, { uses, policy }]) => uses && !policy);
  for (const [name, { uses }] of pages) checkRow(name, words({ uses }), '–');
});

function checkRow(name, build, dev) {
  const row = `| ${name} | ${build} | ${dev} | `;
  assert.ok(guide.includes(row), `there is no row ${row}`);
}

/** Which way a consumer goes, as the guide says it. */
function words(mode) {
  if (!mode) return '–';
  const { wasm, worker } = mode.uses ?? FILES;
  return wasm === worker ? `${wasm === 'copy' ? 'copies' : 'files'}` : `core: ${wasm}, worker: ${worker}`;
}

test('the guide of Angular has the settings of its consumer', () => {
  const { projects } = JSON.parse(read('app/angular/angular.json'));
  const settings = /^```json\n([\s\S]*?)^```/m.exec(read('../../docs/guides/angular.md'))[1];
  assert.deepEqual(JSON.parse(`{${settings}}`).assets, projects.app.architect.build.options.assets);
  const call = /init\((\{[\s\S]*?\})\)/.exec(read('../../docs/guides/angular.md'))[1];
  for (const [name, url] of Object.entries(CONSUMERS['Angular 22'].init))
    assert.ok(call.includes(`${name}: '${url}'`), `${name} is missing`);
});

test('the guide of Nuxt has the settings of its consumer', () => {
  const lines = /defineNuxtConfig\(\{\n([\s\S]*?)^\}\)/m.exec(read('../../docs/guides/vue.md'))[1].trim().split('\n');
  assert.equal(lines.length, 2);
  for (const line of lines) assert.ok(read('app/nuxt/nuxt.config.ts').includes(line), line);
});
