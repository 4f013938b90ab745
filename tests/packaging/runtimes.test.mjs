// The packed package where there is no page: a program probes, uploads by the gateway, and ends by itself.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { REAL } from '../e2e/fixtures.mjs';
import { startGateway } from '../e2e/gateway.mjs';
import { lifetime } from '../e2e/lifetime.mjs';
import { install } from './install.mjs';
import { pack, run, temporaryFolder } from './tools.mjs';

/** What npm installs, the program in it, and its arguments. `fast` ones are part of `npm test`. */
const RUNTIMES = {
  'Node 20': { fast: true, tools: {}, program: () => process.execPath, args: [] },
  Bun: { tools: { bun: '1.4.5' }, program: (folder) => binary(folder, '@oven', 'bin/bun'), args: ['run'] },
  Deno: {
    tools: { deno: '2.9.6' },
    program: (folder) => binary(folder, '@deno', 'deno'),
    args: ['run', '--allow-all'],
  },
};

/** The versions of the runners, and in which environments the guide's tests are run. */
const RUNNERS = {
  Vitest: { tools: { vitest: '5.1.2', 'happy-dom': '21.0.4', jsdom: '26.1.0' }, environments: ['happy-dom', 'jsdom'] },
  Jest: { tools: { jest: '30.5.2' }, environments: ['node'] },
};

const [PHOTO] = REAL;

/** A program that does not end is one that fails. */
const MAX_SECONDS = 20;

const isWanted = ([, { fast }]) => fast || process.env.CONSUMERS === 'all';

suite('without a page', () => {
  const life = lifetime({ after });
  let tarball;

  before(async () => {
    ({ tarball } = await pack(temporaryFolder(life)));
  });

  for (const [name, { tools, program, args }] of Object.entries(RUNTIMES).filter(isWanted)) {
    test(name, async (t) => {
      const inTest = lifetime(t);
      const folder = await install(temporaryFolder(inTest), tarball, tools);
      for (const path of ['packaging/app/runtime.js', 'fixtures/e2e/cat.jpg', 'fixtures/media/windows.bmp'])
        copyFileSync(new URL(`../${path}`, import.meta.url), join(folder, path.split('/').at(-1)));
      const gateway = await startGateway(inTest);
      const command = [program(folder), ...args, 'runtime.js', gateway.url];
      const printed = await run(['timeout', String(MAX_SECONDS), ...command], folder);
      const { format, assets, sent, providers } = JSON.parse(printed);
      assert.deepEqual([format, providers >= 5], ['BMP', true]);
      for (const { error, url, sha256 } of assets) {
        assert.equal(error, undefined);
        assert.equal(sha256, PHOTO.sum);
        const held = Buffer.from(await (await fetch(url)).arrayBuffer());
        assert.ok(held.equals(PHOTO.bytes));
      }
      assert.deepEqual([...new Set(sent)], [0, PHOTO.bytes.length]);
    });
  }

  for (const [name, { tools, environments }] of Object.entries(RUNNERS).filter(isWanted)) {
    test(`${name} runs the tests of the guide`, async (t) => {
      const folder = await install(temporaryFolder(lifetime(t)), tarball, tools);
      for (const environment of environments) {
        const code = example(name).replace(/(@vitest-environment) .*/, `$1 ${environment}`);
        const file = `guide.test.${name === 'Vitest' ? 'ts' : 'js'}`;
        writeFileSync(join(folder, file), code);
        if (name === 'Jest') writeFileSync(join(folder, 'jest.config.mjs'), 'export default { transform: {} };');
        const runner = join(folder, 'node_modules', '.bin', name.toLowerCase());
        const options = name === 'Vitest' ? ['run'] : [];
        await run(['node', '--experimental-vm-modules', runner, ...options], folder);
      }
    });
  }
});

/** The program in one of the packages of a scope, each of which is for one platform. */
function binary(folder, scope, path) {
  const packages = join(folder, 'node_modules', scope);
  const found = readdirSync(packages).map((name) => join(packages, name, path));
  return found.find((file) => existsSync(file)) ?? assert.fail(`there is no ${path}`);
}

/** The code below a heading of the guide. */
function example(heading) {
  const guide = readFileSync(new URL('../../docs/guides/testing.md', import.meta.url), 'utf8');
  const [, code] = new RegExp(`^## ${heading}\\n[\\s\\S]*?^\`\`\`\\w+ fragment\\n([\\s\\S]*?)^\`\`\``, 'm').exec(guide);
  return code;
}
