// What keeps a release from going out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, readRelease } from '../../scripts/release/check.mjs';

/** This checkout as a publisher would make it ready. */
function ready() {
  const files = readRelease();
  for (const path of ['package.json', 'create-mediaferry/package.json'])
    files[path] = files[path].replaceAll('OWNER', 'ada').replaceAll('AUTHOR', 'Ada Lovelace <ada@example.com>');
  const { version } = JSON.parse(files['package.json']);
  files['CHANGELOG.md'] = `# Changelog\n\n## Unreleased\n\n## ${version}\n\n- Something.\n`;
  return files;
}

test('this checkout has one version, and its placeholders are all that its packages lack', () => {
  assert.deepEqual(problemsOf(ready()), []);
  const placeholders = problemsOf({ ...readRelease(), 'CHANGELOG.md': ready()['CHANGELOG.md'] });
  assert.deepEqual(placeholders, [
    'package.json: the owner of the repository is a placeholder',
    'package.json: the author is a placeholder',
  ]);
});

for (const [name, path, from, to, problem] of [
  ['bugs elsewhere', 'package.json', '/mediaferry/issues', '/other/issues', /package\.json: author, homepage/],
  ['another author', 'create-mediaferry/package.json', 'Ada', 'Eve', /create-mediaferry\/package\.json: author/],
  ['another crate version', 'Cargo.toml', /version = ".*"/, 'version = "9.9.9"', /Cargo\.toml does not contain/],
  [
    'an old template',
    'create-mediaferry/template/package.json',
    /\^[\d.]+/,
    '^0.0.1',
    /template\/package\.json does not/,
  ],
  ['an old URL', 'examples/import-map/index.html', /mediaferry@[\d.]+/g, 'mediaferry@0.0.1', /import-map/],
  ['no section', 'CHANGELOG.md', /## \d.*/, '', /no section/],
  ['entries of no version', 'CHANGELOG.md', '## Unreleased\n', '## Unreleased\n\n- New.\n', /entries under Unreleased/],
])
  test(`${name}: a problem`, () => {
    const files = ready();
    const before = files[path];
    files[path] = before.replace(from, to);
    assert.notEqual(files[path], before);
    assert.match(problemsOf(files).join('\n'), problem);
  });

test('a tag must name the version', () => {
  assert.match(problemsOf(ready(), 'v9.9.9').join('\n'), /the tag is v9\.9\.9/);
});
