// The links from one of our documents to another, or to a heading in it.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { linksIn } from '../../scripts/lib/links.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const OURS = ['.', 'docs', 'docs/guides', 'docs/decisions', 'tests/fixtures/e2e'];

test('every link leads somewhere', () => {
  const documents = OURS.flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)));
  const links = documents.filter((path) => path.endsWith('.md')).flatMap(linksOf);
  assert.ok(links.length >= 20);
  assert.deepEqual(
    links.filter(isBroken).map(({ from, to }) => `${from}: ${to}`),
    [],
  );
});

const linksOf = (from) => linksIn(readFileSync(join(root, from), 'utf8')).map((to) => ({ from, to }));

function isBroken({ from, to }) {
  const [path, heading] = to.split('#');
  const target = path ? join(root, dirname(from), path) : join(root, from);
  if (!existsSync(target)) return true;
  if (!heading) return false;
  return statSync(target).isDirectory() || !headingsOf(target).includes(heading);
}

/** The names that GitHub gives to headings. */
function headingsOf(path) {
  const headings = withoutCode(readFileSync(path, 'utf8')).matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, words]) =>
    words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const withoutCode = (text) => text.replaceAll(/^```[\s\S]*?^```$/gm, '');
