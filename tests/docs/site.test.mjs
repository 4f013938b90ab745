// The contents of the documentation site, as far as that can be told without building it: tests/site does.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { documents, siteLink } from '../../scripts/docs/pages.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { CONTENTS, pageOf } from '../../site/contents.mjs';

test('the sidebar has every guide once, and no document that is missing', () => {
  const listed = Object.values(CONTENTS).flat();
  const guides = readdirSync(join(root, 'docs', 'guides')).map((name) => `docs/guides/${name}`);
  const isGuide = (path) => path.startsWith('docs/guides/');
  assert.deepEqual(listed.filter(isGuide).sort(), guides.filter((path) => path !== 'docs/guides/README.md').sort());
  for (const path of documents()) assert.ok(existsSync(join(root, path)), path);
  assert.equal(new Set(documents().map(pageOf)).size, documents().length);
});

test('a link leads to a page of the site, or to the repository', () => {
  assert.equal(siteLink('docs/guides/queue.md', 'errors.md#retries'), './errors.md#retries');
  assert.equal(siteLink('docs/guides/queue.md', '../performance.md'), '../performance.md');
  assert.equal(siteLink('README.md', 'docs/guides/README.md'), './guides/index.md');
  assert.equal(siteLink('README.md', 'docs/images/demo.webp'), './images/demo.webp');
  assert.equal(siteLink('docs/guides/queue.md', '#events'), '#events');
  assert.match(siteLink('docs/guides/element.md', '../../deploy'), /\/tree\/main\/deploy$/);
  assert.match(siteLink('ARCHITECTURE.md', 'tests/README.md'), /\/blob\/main\/tests\/README\.md$/);
});
