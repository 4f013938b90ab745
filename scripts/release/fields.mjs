// The fields of package.json that name the publisher, and every place that contains the version.

/** What package.json contains until a publisher has been set. */
export const PLACEHOLDERS = { owner: 'OWNER', author: 'AUTHOR' };

/** The fields for an account that owns the repository; `directory` is the package's folder in it. */
export function publisherFields({ owner, author, directory }) {
  const page = `https://github.com/${owner}/mediaferry`;
  const repository = { type: 'git', url: `git+${page}.git`, ...(directory && { directory }) };
  return { author, homepage: `${page}#readme`, repository, bugs: { url: `${page}/issues` } };
}

/** The account in a package.json. */
export const ownerOf = ({ repository }) => /github\.com\/([^/]+)\//.exec(repository.url)?.[1];

/** Files that contain the version, with the text around it. */
export const VERSION_PLACES = {
  'package.json': (version) => `\n  "version": "${version}",\n`,
  'create-mediaferry/package.json': (version) => `\n  "version": "${version}",\n`,
  'create-mediaferry/template/package.json': (version) => `"mediaferry": "^${version}"`,
  'Cargo.toml': (version) => `[workspace.package]\nversion = "${version}"\n`,
  'examples/import-map/index.html': (version) => `/npm/mediaferry@${version}/`,
  'docs/guides/bundlers-and-csp.md': (version) => `/npm/mediaferry@${version}/`,
  'docs/guides/first-upload.md': (version) => `mediaferry-${version}.tgz`,
};
