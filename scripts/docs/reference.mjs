// The API reference as pages of the documentation site: one for each entry of the package.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { mapLinks } from '../lib/links.mjs';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

const SITE = join(root, 'site');
const PAGES = join(SITE, 'pages', 'api');
const OVERVIEW = 'overview.md';

/** Replaces site/pages/api/. */
export async function writeReference() {
  rmSync(PAGES, { recursive: true, force: true });
  const typedoc = join(SITE, 'node_modules', 'typedoc', 'bin', 'typedoc');
  await must([process.execPath, typedoc, '--options', 'site/typedoc.json', '--logLevel', 'Warn']);
  // It only lists the entries, as the sidebar does.
  rmSync(join(PAGES, OVERVIEW));
  for (const page of pages()) {
    const text = mapLinks(read(page), (target) => withRealHeading(page, target));
    writeFileSync(
      join(PAGES, page),
      text.replace(/^# (.+)$/m, (_, module) => `# ${entryOf(module)}`),
    );
  }
}

/** Returns the entry of a module: `mediaferry/element/react` for `frameworks/element-react`. */
const entryOf = (module) =>
  posix.join('mediaferry', module.replace(/^index$/, '').replace(/^frameworks\/element-/, 'element/'));

const read = (page) => readFileSync(join(PAGES, page), 'utf8');
const pages = () => readdirSync(PAGES, { recursive: true }).filter((file) => file.endsWith('.md'));

/** Corrects links: the plugin numbers a heading if a class has a member with the same name, although the headings differ. */
function withRealHeading(page, target) {
  const [, path, name] = /^([^#]*)#(.+)-\d+$/.exec(target) ?? [];
  if (!name) return target;
  const other = path ? posix.join(posix.dirname(page), path) : page;
  const headings = read(other).matchAll(/^#+ (\w+)/gm);
  const same = Array.from(headings, ([, word]) => word.toLowerCase()).filter((word) => word === name);
  return same.length === 1 ? `${path}#${name}` : target;
}
