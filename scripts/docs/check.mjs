// Checks the links of the built site, including their headings. Links to other sites are not checked.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { CommandError } from '../lib/run.mjs';
import { say } from '../lib/say.mjs';

const SITE = join(root, 'site', 'dist');
const START = 'http://site/docs/';
const LINK = /\s(?:href|src)="([^"]+)"/g;
const ID = /\sid="([^"]+)"/g;

/** Throws if the site has a broken link. */
export function checkSite() {
  const pages = readdirSync(join(SITE, 'docs'), { recursive: true }).filter((file) => file.endsWith('.html'));
  const links = pages.flatMap((page) => linksOf(page).map((url) => ({ page, url })));
  const broken = links.filter(({ url }) => isBroken(url)).map(({ page, url }) => `${page}: ${url.pathname}${url.hash}`);
  if (broken.length > 0) throw new CommandError(`the site has broken links:\n${[...new Set(broken)].join('\n')}`);
  say(`the site has ${links.length} links in ${pages.length} pages, none of them broken`);
}

function linksOf(page) {
  const { origin } = new URL(START);
  const targets = Array.from(read(join('docs', page)).matchAll(LINK), ([, target]) => target.replaceAll('&amp;', '&'));
  return targets.map((target) => new URL(target, new URL(page, START))).filter((url) => url.origin === origin);
}

function isBroken({ pathname, hash }) {
  // The sandbox serves the package at this path.
  if (pathname.startsWith('/mediaferry/')) return false;
  const path = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
  if (!existsSync(join(SITE, path))) return true;
  return hash !== '' && path.endsWith('.html') && !idsOf(path).has(decodeURIComponent(hash.slice(1)));
}

const ids = new Map();
function idsOf(path) {
  if (!ids.has(path)) ids.set(path, new Set(Array.from(read(path).matchAll(ID), ([, id]) => id)));
  return ids.get(path);
}

const read = (path) => readFileSync(join(SITE, path), 'utf8');
