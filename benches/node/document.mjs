// Keeps the tables of docs/performance.md up to date: those of one engine and group are between two comments.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';

const path = join(root, 'docs', 'performance.md');

/** Replaces the results of a group in an engine. */
export function writeResults(engine, group, text) {
  const [start, end] = [`<!-- ${engine} ${group} -->\n`, `<!-- end -->`];
  const document = readFileSync(path, 'utf8');
  const [before, after] = split(document, start);
  const [, rest] = split(after, end);
  writeFileSync(path, `${before}${start}\n${text}\n\n${end}${rest}`);
}

function split(text, mark) {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`docs/performance.md has no ${mark.trim()}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
