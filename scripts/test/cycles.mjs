// Finds import cycles in src/ and js/. A module and its submodules may use each other.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesIn } from '../build/stale.mjs';
import { root } from '../lib/paths.mjs';

/** Returns the cycles in both, each as a list of files. */
export function importCycles() {
  const sources = (folder, ending) =>
    filesIn(folder).filter((file) => file.endsWith(ending) && !file.includes('generated'));
  return [...cyclesOf(sources('js', '.ts'), importsOfTypeScript), ...cyclesOf(sources('src', '.rs'), importsOfRust)];
}

/** Returns the files that a TypeScript module imports, including types. */
function importsOfTypeScript(file) {
  const code = readFileSync(file, 'utf8');
  const specifiers = [...code.matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)].map(([, path]) => path);
  return specifiers.map((path) => join(dirname(file), `${path}.ts`));
}

/** Returns the files that a Rust module names in `use` or in a path, without the ancestors and descendants of the module. */
function importsOfRust(file) {
  const [code] = readFileSync(file, 'utf8')
    .replaceAll(/\/\/.*$/gm, '')
    .split('#[cfg(test)]\nmod tests');
  const own = modulePath(file);
  const paths = [];
  for (const [, statement] of code.matchAll(/^\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);/gm))
    paths.push(...expand(statement));
  for (const [path] of code.matchAll(/\b(?:crate|super)(?:::\w+)+/g)) paths.push(path.split('::'));
  const files = paths.map((path) => fileOf(absolute(path, own))).filter(Boolean);
  return files.filter((other) => !isRelated(own, modulePath(other)));
}

/** `a::{b, c::d}` as `[['a', 'b'], ['a', 'c', 'd']]`. */
function expand(statement) {
  const [head, ...rest] = statement.trim().split('{');
  const prefix = head
    .split('::')
    .map((part) => part.trim())
    .filter(Boolean);
  if (rest.length === 0) return [prefix];
  const inner = rest.join('{').replace(/\}\s*$/, '');
  const items = [];
  let depth = 0;
  let item = '';
  for (const letter of inner) {
    depth += (letter === '{') - (letter === '}');
    if (letter === ',' && depth === 0) {
      items.push(item);
      item = '';
    } else item += letter;
  }
  return [...items, item]
    .filter((part) => part.trim())
    .flatMap((part) => expand(part).map((path) => [...prefix, ...path]));
}

const modulePath = (file) =>
  relative(join(root, 'src'), file)
    .replace(/(?:\/?mod|^lib)?\.rs$/, '')
    .split('/')
    .filter(Boolean);

function absolute([first, ...path], own) {
  if (first === 'crate') return path;
  if (first === 'self') return [...own, ...path];
  if (first !== 'super') return undefined;
  const up = path.findIndex((part) => part !== 'super');
  const levels = 1 + (up === -1 ? path.length : up);
  return [...own.slice(0, own.length - levels), ...path.slice(levels - 1)];
}

/** Returns the file of the innermost module of a path. */
function fileOf(path) {
  for (let length = path?.length ?? 0; length > 0; length--) {
    const base = join(root, 'src', ...path.slice(0, length));
    for (const file of [`${base}.rs`, join(base, 'mod.rs')]) if (existsSync(file)) return file;
  }
  return undefined;
}

const isRelated = (one, other) => {
  const common = Math.min(one.length, other.length);
  return one.slice(0, common).join() === other.slice(0, common).join();
};

/** Returns every group of files that reach each other (Tarjan's strongly connected components). */
function cyclesOf(files, importsOf) {
  const paths = files.map((file) => join(root, relative(root, file)));
  const known = new Map();
  const stack = [];
  const cycles = [];
  const visit = (file) => {
    const node = { index: known.size, low: known.size, isOnStack: true };
    known.set(file, node);
    stack.push(file);
    for (const next of importsOf(file)) {
      if (!paths.includes(next)) continue;
      if (!known.has(next)) visit(next);
      const other = known.get(next);
      if (other.isOnStack) node.low = Math.min(node.low, other.low);
    }
    if (node.low !== node.index) return;
    const group = stack.splice(stack.indexOf(file));
    for (const member of group) known.get(member).isOnStack = false;
    if (group.length > 1) cycles.push(group.map((member) => relative(root, member)).sort());
  };
  for (const file of paths) if (!known.has(file)) visit(file);
  return cycles;
}
