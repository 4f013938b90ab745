// The links in our Markdown documents, and their URLs outside a clone.

import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readText, root } from './paths.mjs';

const CODE = /^```[\s\S]*?^```$|`[^`\n]+`/gm;
const LINK = /(!?)(\[(?:[^[\]]|\[[^\]]*\]|!\[[^\]]*\]\([^()\s]+\))*\]\()([^()\s]+)(\))/g;

/** Returns whether a link leads to another site. */
export const isExternal = (target) => /^[a-z]+:/.test(target);

/**
 * Replaces the target of each link in `markdown` by `change(target, { image })`. Code, except in the text of a link, and links to
 * other sites do not change.
 */
export function mapLinks(markdown, change) {
  const code = [];
  const hidden = markdown.replace(CODE, (text) => `\uE000${code.push(text) - 1}\uE000`);
  const map = (text) =>
    text.replace(LINK, (_, image, label, target, end) => {
      const inner = label.includes('](') ? `[${map(label.slice(1, -2))}](` : label;
      return `${image}${inner}${isExternal(target) ? target : change(target, { image: image === '!' })}${end}`;
    });
  return map(hidden).replace(/\uE000(\d+)\uE000/g, (_, at) => code[at]);
}

/** Returns the targets of a document's links to our own files and headings, including images. */
export function linksIn(markdown) {
  const targets = [];
  mapLinks(markdown, (target) => {
    targets.push(target);
    return target;
  });
  return targets;
}

/** Returns the URL of the repository from package.json, if it is set. */
export function repositoryUrl() {
  const { repository } = JSON.parse(readText('package.json'));
  return repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/**
 * Returns the URL of the target of a link in a document in `folder`, at a revision of the repository. A link to a heading of the
 * same document does not change.
 */
export function repositoryLink(target, { folder = '.', revision, image = false }) {
  const [path, heading] = target.split('#');
  if (!path) return target;
  const file = posix.normalize(posix.join(folder, path)).replace(/\/$/, '');
  const isFolder = existsSync(join(root, file)) && statSync(join(root, file)).isDirectory();
  const kind = image ? 'raw' : isFolder ? 'tree' : 'blob';
  return `${repositoryUrl()}/${kind}/${revision}/${file}${heading ? `#${heading}` : ''}`;
}
