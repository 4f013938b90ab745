// The links of the documents, rewritten for the tarball.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksIn, mapLinks, repositoryLink, repositoryUrl } from '../../scripts/lib/links.mjs';
import { readText } from '../../scripts/lib/paths.mjs';
import { packedReadme } from '../../scripts/pack.mjs';

const upper = (target) => target.toUpperCase();

test('links change, and code and other sites do not', () => {
  const text = '[a](b.md) `[c](d.md)` [e](https://f.example/)\n```md\n[g](h.md)\n```\n[`i`](j.md#k) ![l](m.png)';
  const changed = '[a](B.MD) `[c](d.md)` [e](https://f.example/)\n```md\n[g](h.md)\n```\n[`i`](J.MD#K) ![l](M.PNG)';
  assert.equal(mapLinks(text, upper), changed);
  assert.deepEqual(linksIn(text), ['b.md', 'j.md#k', 'm.png']);
});

test('a picture may be the text of a link', () => {
  assert.equal(mapLinks('[![a](b.png)](c.md)', upper), '[![a](B.PNG)](C.MD)');
});

test('a link leads to the file, the folder or the picture in the repository', () => {
  const link = (target, options) => repositoryLink(target, { revision: 'v1', ...options }).replace(repositoryUrl(), '');
  assert.equal(link('docs/guides/queue.md#events'), '/blob/v1/docs/guides/queue.md#events');
  assert.equal(link('../../deploy', { folder: 'docs/guides' }), '/tree/v1/deploy');
  assert.equal(link('a.png', { image: true }), '/raw/v1/a.png');
  assert.equal(link('#first-upload'), '#first-upload');
});

test('the README in the tarball has no relative link', () => {
  const readme = readText('README.md');
  assert.ok(linksIn(readme).length > 10);
  assert.deepEqual(
    linksIn(packedReadme(readme)).filter((target) => !target.startsWith('#')),
    [],
  );
});
