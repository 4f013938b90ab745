// The workflows of the repository: they can be parsed, and what they call exists.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
// A dependency of typedoc.
import { parseDocument } from 'yaml';
import { readText, root } from '../../scripts/lib/paths.mjs';

const FOLDER = '.github/workflows';
const files = readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.yml'));
const { scripts } = JSON.parse(readText('package.json'));
/** What npm has without a script in package.json. */
const OF_NPM = ['ci', 'install', 'publish'];

const workflows = files.map((name) => {
  const document = parseDocument(readText(join(FOLDER, name)));
  return { name, errors: document.errors, content: document.toJS() };
});
const jobs = workflows.flatMap(({ name, content }) =>
  Object.entries(content.jobs).map(([id, job]) => ({ place: `${name}: ${id}`, ...job })),
);
const commands = jobs.flatMap(({ place, steps = [] }) =>
  steps.filter(({ run }) => run).map(({ run }) => ({ place, run })),
);

test('each workflow is valid, has few permissions and ends in time', () => {
  assert.deepEqual(files.sort(), ['container.yml', 'release.yml', 'test.yml']);
  for (const { name, errors, content } of workflows) {
    assert.deepEqual(errors, [], name);
    assert.deepEqual(content.permissions, { contents: 'read' }, name);
  }
  for (const job of jobs) assert.ok(job.uses || job['timeout-minutes'] <= 90, job.place);
});

test('what they call exists', () => {
  let calls = 0;
  for (const { place, run } of commands) {
    for (const [, command] of run.matchAll(/\bnpm ((?:run )?[\w:-]+)/g)) {
      const isScript = command.startsWith('run ') || !OF_NPM.includes(command);
      if (isScript) assert.ok(command.replace('run ', '') in scripts, `${place}: npm ${command}`);
      calls += 1;
    }
    for (const [, path] of run.matchAll(/\b(?:node|bash) (\S+\.mjs|\.ci\/\w+)/g)) {
      assert.ok(existsSync(join(root, path)), `${place}: ${path}`);
      calls += 1;
    }
    for (const [, path] of run.matchAll(/--file (\S+)/g)) assert.ok(existsSync(join(root, path)), `${place}: ${path}`);
  }
  assert.ok(calls >= 6, `${calls} calls`);
  for (const { place, uses } of jobs)
    if (uses?.startsWith('./')) assert.ok(existsSync(join(root, uses)), `${place}: ${uses}`);
});

test('a release is tested, is checked against its tag, and has provenance', () => {
  const { release } = Object.fromEntries(workflows.map(({ name, content }) => [name.replace('.yml', ''), content]));
  assert.equal(release.jobs.npm.needs, 'test');
  assert.equal(release.jobs.npm.permissions['id-token'], 'write');
  const lines = release.jobs.npm.steps.map(({ run = '' }) => run);
  const check = lines.findIndex((line) => line.includes('release/check.mjs "$GITHUB_REF_NAME"'));
  const published = lines.flatMap((line, at) => (line.startsWith('npm publish') ? [at] : []));
  assert.equal(published.length, 2);
  for (const at of published) {
    assert.ok(at > check && check >= 0);
    assert.match(lines[at], /--provenance/);
  }
});

test('what RELEASING.md calls exists', () => {
  const text = readText('RELEASING.md');
  for (const [, path] of text.matchAll(/`node (\S+\.mjs)/g)) assert.ok(existsSync(join(root, path)), path);
  for (const [, name] of text.matchAll(/`npm run ([\w:-]+)/g)) assert.ok(name in scripts, name);
});
