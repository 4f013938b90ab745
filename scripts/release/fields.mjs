// The fields of package.json that name the publisher, and every place that contains the version.

/** The placeholder in package.json until a publisher has been set. */
export const PLACEHOLDERS = { owner: 'OWNER', author: 'AUTHOR' };

/** Returns the fields for the account that owns the repository; `directory` is the folder of the package. */
export function publisherFields({ owner, author, directory }) {
  const page = `https://github.com/${owner}/mediaferry`;
  const repository = { type: 'git', url: `git+${page}.git`, ...(directory && { directory }) };
  return { author, homepage: `${page}#readme`, repository, bugs: { url: `${page}/issues` } };
}

/** Returns the account in a package.json. */
export const ownerOf = ({ repository }) => /github\.com\/([^/]+)\//.exec(repository.url)?.[1];

/** The files that contain the version, with the text around it. */
export const VERSION_PLACES = {
  'package.json': (version) => `\n  "version": "${version}",\n`,
  'create-mediaferry/package.json': (version) => `\n  "version": "${version}",\n`,
  'create-mediaferry/template/package.json': (version) => `"mediaferry": "^${version}"`,
  'Cargo.toml': (version) => `[workspace.package]\nversion = "${version}"\n`,
  'examples/import-map/index.html': (version) => `/npm/mediaferry@${version}/`,
  'docs/guides/bundlers-and-csp.md': (version) => `/npm/mediaferry@${version}/`,
  'docs/guides/first-upload.md': (version) => `mediaferry-${version}.tgz`,
};
