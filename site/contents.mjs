// What the documentation site contains: documents of the repository by their path, and where each is on the site.

/** The sidebar: headings, and the documents below them. Titles are those of the documents. */
export const CONTENTS = {
  Start: [
    'docs/guides/first-upload.md',
    'docs/guides/upload.md',
    'docs/guides/queue.md',
    'docs/guides/large-files.md',
    'docs/guides/element.md',
  ],
  Frameworks: ['react', 'vue', 'svelte', 'solid', 'angular'].map((name) => `docs/guides/${name}.md`),
  Reference: [
    ...['providers', 'errors', 'languages', 'bundlers-and-csp', 'own-backend', 'testing'].map(
      (name) => `docs/guides/${name}.md`,
    ),
    'docs/glossary.md',
  ],
  Choosing: [
    ...['comparison', 'what-it-does-not-do', 'coming-from-uppy', 'coming-from-filepond', 'coming-from-uploadthing'].map(
      (name) => `docs/guides/${name}.md`,
    ),
    'docs/performance.md',
  ],
  Gateway: [
    'docs/guides/deploying-the-gateway.md',
    ...['identity', 'limits', 'hooks', 'large-files', 'observability', 'scaling-out', 'threat-model'].map(
      (name) => `docs/guides/gateway-${name}.md`,
    ),
    'docs/gateway-performance.md',
  ],
  Project: ['CHANGELOG.md', 'ARCHITECTURE.md', 'docs/media.md'],
};

/** The page of a document, relative to the site's root, or undefined if the site does not contain it. */
export function pageOf(path) {
  if (path === 'README.md') return 'index.md';
  if (path === 'docs/guides/README.md') return 'guides/index.md';
  const isIncluded = Object.values(CONTENTS).some((paths) => paths.includes(path)) || isDecision(path);
  return isIncluded ? path.replace(/^docs\//, '').toLowerCase() : undefined;
}

/** Decisions are linked from the documents, and not in the sidebar. */
export const isDecision = (path) => /^docs\/decisions\/.+\.md$/.test(path);
