// The documentation site. `npm run docs` writes its pages into site/pages/ and builds it.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { CONTENTS, pageOf } from '../contents.mjs';

const pages = new URL('../pages/', import.meta.url);
const { repository, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const link = (page) => `/${page.replace(/(index)?\.md$/, '')}`;
/** The names that GitHub gives to headings, which the documents use. */
const slugify = (words) =>
  words
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const title = (page) => /^# (.+)$/m.exec(readFileSync(new URL(page, pages), 'utf8'))[1].replaceAll('`', '');
const item = (page) => ({ text: title(page), link: link(page) });
const sidebar = Object.entries(CONTENTS).map(([text, paths]) => ({ text, items: paths.map(pageOf).map(item) }));
const reference = readdirSync(new URL('api', pages), { recursive: true })
  .filter((file) => file.endsWith('.md'))
  .map((file) => item(`api/${file}`))
  .sort((a, b) => (a.text < b.text ? -1 : 1));

export default defineConfig({
  title: 'mediaferry',
  description: 'Uploads media files from the browser to generative-media APIs.',
  base: '/docs/',
  srcDir: 'pages',
  outDir: 'dist/docs',
  cacheDir: fileURLToPath(new URL('../.cache', import.meta.url)),
  markdown: { anchor: { slugify }, languageAlias: { promql: 'sql' } },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'media-ferry' } } },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/guides/' },
      { text: 'API', link: '/api/' },
      { text: version, link: '/changelog' },
    ],
    sidebar: { '/api/': [{ text: 'API', items: reference }], '/': sidebar },
    // In the page itself: it needs no service.
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: repository.url.replace(/^git\+|\.git$/g, '') }],
  },
});
