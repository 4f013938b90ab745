// The pages of the documentation site: the documents of the repository with links for the site, and a page that runs each example.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { CONTENTS, pageOf } from '../../site/contents.mjs';
import { blocks, isExample } from '../../tests/docs/blocks.mjs';
import { mapLinks, repositoryLink } from '../lib/links.mjs';
import { root } from '../lib/paths.mjs';
import { EXAMPLES, writeExample } from './examples.mjs';

const PAGES = join(root, 'site', 'pages');
const REVISION = 'main';

/** Replaces site/pages/, without the API reference. */
export async function writePages() {
  rmSync(PAGES, { recursive: true, force: true });
  const examples = new Map(
    blocks()
      .filter(isExample)
      .map((example) => [example.place, example]),
  );
  const runnable = new Map();
  mkdirSync(join(PAGES, 'public', EXAMPLES), { recursive: true });
  for (const [at, [place, example]] of [...examples].entries()) {
    runnable.set(place, await writeExample(join(PAGES, 'public', EXAMPLES), example, `${at}`));
  }
  for (const path of documents()) {
    const page = pageOf(path);
    const text = readFileSync(join(root, path), 'utf8');
    mkdirSync(dirname(join(PAGES, page)), { recursive: true });
    writeFileSync(
      join(PAGES, page),
      mapLinks(withExamples(path, text, runnable), (target) => siteLink(path, target)),
    );
  }
  cpSync(join(root, 'docs', 'images'), join(PAGES, 'images'), { recursive: true });
}

/** Returns every document that the site contains. */
export function documents() {
  const decisions = readdirSync(join(root, 'docs', 'decisions')).map((name) => `docs/decisions/${name}`);
  const all = ['README.md', 'docs/guides/README.md', ...Object.values(CONTENTS).flat(), ...decisions];
  return all.filter((path) => pageOf(path));
}

/** Returns the target of a link on the site: a page or an image of the site, otherwise the file in the repository. */
export function siteLink(from, target) {
  const [path, heading] = target.split('#');
  if (!path) return target;
  const file = posix.normalize(posix.join(posix.dirname(from), path));
  const page = pageOf(existsSync(join(root, file, 'README.md')) ? posix.join(file, 'README.md') : file);
  const image = /^docs\/(images\/.+)$/.exec(file)?.[1];
  if (!page && !image) return repositoryLink(target, { folder: posix.dirname(from), revision: REVISION });
  const place = posix.relative(posix.dirname(pageOf(from)), image ?? page);
  return `${place.startsWith('.') ? '' : './'}${place}${heading ? `#${heading}` : ''}`;
}

/** Adds a frame after each example, in which the example runs. */
function withExamples(path, text, runnable) {
  const lines = text.split('\n');
  let frame;
  return lines
    .flatMap((line, at) => {
      if (line.startsWith('```')) {
        const url = runnable.get(`${path}:${at + 1}`);
        if (url) frame = url;
        else if (line === '```' && frame) {
          const after = `<details class="example"><summary>Run it</summary><iframe loading="lazy" src="/docs/${frame}" title="Example"></iframe></details>`;
          frame = undefined;
          return [line, '', after];
        }
      }
      return [line];
    })
    .join('\n');
}
