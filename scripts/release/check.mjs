// npm calls this before `npm publish`: a release must not contain placeholders or different versions.

import { isDeepStrictEqual } from 'node:util';
import { readText } from '../lib/paths.mjs';
import { CommandError } from '../lib/run.mjs';
import { isMain, runScript } from '../lib/say.mjs';
import { ownerOf, PLACEHOLDERS, publisherFields, VERSION_PLACES } from './fields.mjs';

const PACKAGES = { 'package.json': undefined, 'create-mediaferry/package.json': 'create-mediaferry' };

/** Reads the files that contain the version or the publisher of a release. */
export const readRelease = () =>
  Object.fromEntries([...Object.keys(VERSION_PLACES), 'CHANGELOG.md'].map((path) => [path, readText(path)]));

/** Returns the reasons why these files cannot be released as the version of package.json, or as the tag's version. */
export function problemsOf(files, tag) {
  const manifest = JSON.parse(files['package.json']);
  const { version, author } = manifest;
  const owner = ownerOf(manifest);
  const checks = [
    [owner !== PLACEHOLDERS.owner, 'package.json: the owner of the repository is a placeholder'],
    [author !== PLACEHOLDERS.author, 'package.json: the author is a placeholder'],
    ...Object.entries(PACKAGES).map(([path, directory]) => [
      isPublisher(JSON.parse(files[path]), { owner, author, directory }),
      `${path}: author, homepage, repository and bugs do not agree with those of package.json`,
    ]),
    [!tag || tag === `v${version}`, `the tag is ${tag}, but package.json has ${version}`],
    ...Object.entries(VERSION_PLACES).map(([path, around]) => [
      files[path].includes(around(version)),
      `${path} does not contain version ${version}`,
    ]),
    [files['CHANGELOG.md'].includes(`\n## ${version}\n`), `CHANGELOG.md has no section ${version}`],
    [!/^## Unreleased\n+(?!## )\S/m.test(files['CHANGELOG.md']), 'CHANGELOG.md has entries under Unreleased'],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, problem]) => problem);
}

function isPublisher(manifest, publisher) {
  return Object.entries(publisherFields(publisher)).every(([name, value]) => isDeepStrictEqual(manifest[name], value));
}

if (isMain(import.meta)) {
  await runScript(async () => {
    const problems = problemsOf(readRelease(), process.argv[2]);
    if (problems.length > 0) throw new CommandError(`this cannot be released:\n${problems.join('\n')}`);
  });
}
