// The guide describes every consumer as the tests find it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CONSUMERS, PAGES } from './consumers.mjs';

const guide = readFileSync(new URL('../../docs/guides/bundlers-and-csp.md', import.meta.url), 'utf8');

test('the guide has a row for every consumer', () => {
  // Policies have a table of their own, in words.
  const pages = Object.entries(PAGES).filter(([, { uses, policy }]) => uses && !policy);
  for (const [name, { uses }] of [...Object.entries(CONSUMERS), ...pages]) {
    assert.ok(guide.includes(`| ${name} | ${uses.wasm} | ${uses.worker} |`), `${name} is missing, or goes another way`);
  }
});
