// The test suites in the order in which they run, with what each needs, and how it is run and counted.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { locked, nativeEnv, wasmEnv } from '../build/cargo.mjs';
import { buildGateway, buildStaticGateway } from '../build/gateway.mjs';
import { buildSandbox } from '../build/sandbox.mjs';
import { filesIn } from '../build/stale.mjs';
import { build, cargoReady, sandboxBinary } from '../build.mjs';
import { root } from '../lib/paths.mjs';
import { ask, CommandError, run } from '../lib/run.mjs';
import { which } from '../lib/which.mjs';
import { WASM_TARGET } from '../setup/wasm-toolchain.mjs';
import { setup } from '../setup.mjs';
import { reportSize } from '../size.mjs';
import { countCargo, countExit, countNode, sum, tally } from './count.mjs';
import { checkGuards } from './guards.mjs';

// The test runners see a pipe instead of a terminal, so they are told whether to use colours.
const COLOR = process.stdout.isTTY;
if (COLOR) Object.assign(process.env, { CARGO_TERM_COLOR: 'always', FORCE_COLOR: '1' });

// Long enough for the first compilation on a slow machine, and short enough to end a suite that hangs.
const LIMIT = { echo: true, seconds: 20 * 60 };

let built;
let hasTests = false;
const needsBuild = () => (built ??= build({ withTests: hasTests }));

/**
 * `run` returns a tally, or throws if the suite cannot start. `needs` run before it, in order, each once for all suites. A suite
 * that is `onDemand` runs only if it is named.
 * @type {{ name: string, title: string, onDemand?: true, needs: (() => Promise<unknown>)[], run: () => Promise<object> }[]}
 */
export const suites = [
  {
    name: 'fmt',
    title: 'Rust formatting',
    needs: [cargoReady],
    run: () => cargoLint('fmt', ['--all', '--check', '--', '--color', COLOR ? 'always' : 'never']),
  },
  {
    name: 'clippy',
    title: 'Rust lints',
    needs: [cargoReady],
    run: () => cargoLint('clippy', ['--workspace', '--all-targets', ...locked, '--', '-D', 'warnings']),
  },
  {
    name: 'clippy-wasm',
    title: 'Rust lints of the shell',
    needs: [cargoReady, setup.wasm],
    run: async () =>
      cargoLint(
        'clippy',
        ['-p', 'mediaferry', '--lib', '--test', 'browser', '--target', WASM_TARGET, ...locked, '--', '-D', 'warnings'],
        wasmEnv((await setup.wasm()).test),
      ),
  },
  {
    name: 'native',
    title: 'native tests',
    needs: [cargoReady],
    run: async () => {
      hasTests = true;
      // More threads than cores, because the tests of the gateway mostly wait.
      const env = { RUST_TEST_THREADS: '6', ...nativeEnv };
      return countCargo(await run(['cargo', 'test', '--workspace', '--no-fail-fast', ...locked], { ...LIMIT, env }));
    },
  },
  {
    name: 'oidc',
    title: 'the gateway with an OpenID Connect issuer',
    needs: [cargoReady, setup.npm],
    run: async () => nodeTests('tests/oidc', { MEDIAFERRY_GATEWAY: await buildGateway({ withTests: hasTests }) }),
  },
  {
    name: 'splice',
    title: 'lossless changes, compared with exiftool and ffmpeg',
    needs: [cargoReady],
    run: async () => {
      const missing = ['exiftool', 'ffmpeg', 'ffprobe'].filter((tool) => !which(tool));
      if (missing.length) return skipped(`there is no ${missing.join(', ')} here`);
      // For the whole workspace, like the native tests; otherwise dependencies would be compiled again.
      const test = ['cargo', 'test', '--workspace', ...locked, '--test', 'splice', '--', '--ignored'];
      return countCargo(await run(test, { ...LIMIT, env: nativeEnv }));
    },
  },
  { name: 'guards', title: 'guards of the wasm module', needs: [needsBuild], run: checkGuards },
  {
    name: 'browser',
    title: 'the shell in headless Chromium (wasm-bindgen-test)',
    needs: [cargoReady, setup.npm, setup.wasm, setup.bindgenTestRunner, setup.chromium],
    run: async () => browserTests({ ...(await setup.chromium()), BROWSER: 'chromium' }),
  },
  {
    name: 'browser-firefox',
    title: 'the same in headless Firefox',
    needs: [cargoReady, setup.npm, setup.wasm, setup.bindgenTestRunner],
    run: () => inFirefox((firefox) => browserTests({ ...firefox, BROWSER: 'firefox' })),
  },
  {
    name: 'types',
    title: 'TypeScript',
    needs: [setup.npm, needsBuild],
    // Our own types, and those of a program that uses the package, with both module resolutions of TypeScript.
    run: async () => {
      const results = [];
      for (const options of [
        ['--noEmit'],
        ...['tsconfig', 'bundler'].map((name) => ['-p', `tests/types/${name}.json`]),
      ])
        results.push(await npmLint('typescript/bin/tsc', ...options));
      results.push(await npmLint('vue-tsc/bin/vue-tsc.js', '-p', 'tests/types/vue', '--noEmit'));
      return sum(results);
    },
  },
  {
    name: 'docs',
    title: 'the API reference (typedoc), the code and the links in the documents',
    needs: [setup.npm, needsBuild],
    run: async () => sum([await npmLint('typedoc/bin/typedoc', '--emit', 'none'), await nodeTests('tests/docs')]),
  },
  {
    name: 'biome',
    title: 'formatting and lints of everything but Rust',
    needs: [setup.npm],
    run: () => npmLint('@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', `--colors=${COLOR ? 'force' : 'off'}`),
  },
  {
    name: 'scripts',
    title: 'these scripts, and what else calls them',
    needs: [setup.npm],
    run: async () => sum([await nodeTests('scripts'), await nodeTests('tests/scripts')]),
  },
  {
    name: 'deploy',
    title: 'the files in deploy/',
    needs: [setup.npm],
    run: () => nodeTests('tests/deploy'),
  },
  {
    name: 'image',
    title: 'the static gateway and its container image',
    onDemand: true,
    needs: [cargoReady],
    run: async () => {
      const program = await buildStaticGateway();
      if (!program) return skipped('there is no musl target or musl-gcc here');
      return nodeTests('tests/image', { MEDIAFERRY_GATEWAY: program });
    },
  },
  {
    name: 'buckets',
    title: 'the gateway with Ceph and with Garage as the bucket',
    onDemand: true,
    needs: [cargoReady],
    run: async () => {
      const MEDIAFERRY_GATEWAY = await buildGateway();
      await buildSandbox();
      return nodeTests('tests/buckets', { MEDIAFERRY_GATEWAY, MEDIAFERRY_SANDBOX: sandboxBinary() });
    },
  },
  {
    name: 'cluster',
    title: 'two gateways with Valkey, behind nginx',
    onDemand: true,
    needs: [cargoReady],
    run: async () => nodeTests('tests/cluster', { MEDIAFERRY_GATEWAY: await buildGateway() }, 1),
  },
  {
    name: 'otlp',
    title: 'the traces of the gateway, at a collector',
    onDemand: true,
    needs: [cargoReady],
    run: async () => nodeTests('tests/otlp', { MEDIAFERRY_GATEWAY: await buildGateway({ features: 'otlp' }) }),
  },
  {
    name: 'node',
    title: 'the package in Node',
    needs: [needsBuild],
    run: () => nodeTests('tests/node', {}, 2),
  },
  {
    name: 'e2e',
    title: 'end to end in Chromium',
    needs: [needsBuild, setup.chromium],
    run: async () => endToEnd({ ...(await setup.chromium()), BROWSER: 'chromium' }),
  },
  {
    name: 'e2e-firefox',
    title: 'end to end in Firefox, where the browser makes a difference',
    needs: [needsBuild],
    run: () => inFirefox((firefox) => endToEnd({ ...firefox, BROWSER: 'firefox' }, dependsOnEngine)),
  },
  {
    name: 'e2e-webkit',
    title: 'end to end in WebKit, where the browser makes a difference',
    needs: [needsBuild],
    run: () => inWebKit((webkit) => endToEnd({ ...webkit, BROWSER: 'webkit' }, dependsOnEngine)),
  },
  {
    name: 'e2e-all',
    title: 'end to end, everything, in the engine of ENGINE or in all three',
    onDemand: true,
    needs: [needsBuild],
    run: () => inEngines((env) => endToEnd(env)),
  },
  {
    name: 'faults',
    title: 'broken connections at the points that tell most, in Chromium',
    needs: [needsBuild, setup.chromium],
    run: async () => faults({ ...(await setup.chromium()), BROWSER: 'chromium' }),
  },
  {
    name: 'faults-all',
    title: 'broken connections at every point, in the engine of ENGINE or in all three',
    onDemand: true,
    needs: [needsBuild],
    run: allFaults,
  },
  {
    name: 'large',
    title: 'interrupted large files, in Chromium',
    needs: [needsBuild, setup.chromium],
    run: async () => large({ ...(await setup.chromium()), BROWSER: 'chromium' }),
  },
  {
    name: 'large-all',
    title: 'large files on every storage and beside Uppy, in the engine of ENGINE or in all three, for the guide',
    onDemand: true,
    needs: [needsBuild],
    run: () => inEngines((env) => large({ ...env, LARGE: 'all' }, { ...LIMIT, seconds: 60 * 60 })),
  },
  {
    name: 'fix',
    title: 'a part of the files that break a limit, fixed in Chromium',
    onDemand: true,
    needs: [needsBuild, setup.chromium],
    run: async () => nodeTests('tests/fix', { ...(await setup.chromium()), BROWSER: 'chromium', FIX_EVERY: '9' }),
  },
  {
    name: 'fix-all',
    title: 'files that break a limit, fixed in the engine of ENGINE or in all three, for the table of docs/fix.md',
    onDemand: true,
    needs: [needsBuild],
    run: allFixes,
  },
  {
    name: 'packaging',
    title: 'the packed package: its contents, pages without a bundler, the quick bundlers',
    needs: [needsBuild, setup.chromium],
    run: () => packaging(),
  },
  {
    name: 'packaging-all',
    title: 'the packed package in every bundler and framework',
    onDemand: true,
    needs: [needsBuild, setup.chromium],
    run: () => packaging({ CONSUMERS: 'all' }, { ...LIMIT, seconds: 60 * 60 }),
  },
  {
    name: 'site',
    title: 'the documentation site, built and in Chromium',
    onDemand: true,
    needs: [needsBuild, setup.chromium],
    run: async () => {
      const site = countExit(await run([process.execPath, join(root, 'scripts', 'docs.mjs')], LIMIT));
      const env = { ...(await setup.chromium()), MEDIAFERRY_SANDBOX: sandboxBinary() };
      return site.failed ? site : nodeTests('tests/site', env);
    },
  },
  {
    name: 'size',
    title: 'size budget',
    needs: [needsBuild],
    run: async () => ((await reportSize()) ? tally(1, 0) : tally(0, 1)),
  },
];

async function cargoLint(tool, options, env = nativeEnv) {
  if (!(await ask(['cargo', tool, '--version'], { env }))) return skipped(`no cargo ${tool}`);
  return countExit(await run(['cargo', tool, ...options], { ...LIMIT, env }));
}

async function npmLint(program, ...options) {
  return countExit(await run([process.execPath, join(root, 'node_modules', program), ...options], LIMIT));
}

/** Skips the tests if Firefox is not installed. */
async function inFirefox(tests) {
  const firefox = await setup.firefox();
  return firefox ? tests(firefox) : skipped('Firefox is not installed: install it, or name one in FIREFOX');
}

/** Skips the tests if WebKit is not installed. */
async function inWebKit(tests) {
  const webkit = await setup.webkit();
  return webkit ? tests(webkit) : skipped("WebKit is not installed: install WebKitGTK's WebKitWebDriver, and Xvfb");
}

// Three files at a time, each with its own browser and gateway, because they mostly wait.
const endToEnd = (env, isChosen) =>
  nodeTests('tests/e2e', { ...env, MEDIAFERRY_SANDBOX: sandboxBinary() }, 3, LIMIT, isChosen);

/** The tests that depend most on the engine. The others test the core, the gateway, the demo or the documents. */
const ENGINE_FILES =
  /(browser|checksum|close|contexts|element[\w-]*|fallback|fix|happy-path|loader|resume|wake-on-online)\.test/;
const dependsOnEngine = (file) => ENGINE_FILES.test(file);

const faults = (env, limit) => nodeTests('tests/faults', { ...env, MEDIAFERRY_SANDBOX: sandboxBinary() }, 1, limit);

const large = (env, limit) => nodeTests('tests/large', { ...env, MEDIAFERRY_SANDBOX: sandboxBinary() }, 1, limit);

// Some tests wait minutes for requests that stall.
function allFaults() {
  return inEngines((env) => faults({ ...env, FAULTS: 'all' }, { ...LIMIT, seconds: 2 * 60 * 60 }));
}

function allFixes() {
  return inEngines((env) => nodeTests('tests/fix', env));
}

/** Runs tests in the engines of ENGINE, or in all engines. */
async function inEngines(tests) {
  const engines = {
    chromium: async (tests) => tests(await setup.chromium()),
    firefox: inFirefox,
    webkit: inWebKit,
  };
  const { ENGINE = Object.keys(engines).join() } = process.env;
  const tallies = [];
  for (const BROWSER of ENGINE.split(',')) {
    if (!engines[BROWSER]) throw new CommandError(`unknown ENGINE ${BROWSER}: use ${Object.keys(engines).join(', ')}`);
    console.log(`── in ${BROWSER} ──`);
    tallies.push(await engines[BROWSER]((env) => tests({ ...env, BROWSER })));
  }
  return sum(tallies);
}

const packaging = async (env, limit) =>
  nodeTests('tests/packaging', { ...env, ...(await setup.chromium()), MEDIAFERRY_SANDBOX: sandboxBinary() }, 1, limit);

async function browserTests(browser) {
  if (!existsSync(join(root, 'tests', 'browser'))) return skipped('no tests/browser');
  const env = {
    ...wasmEnv((await setup.wasm()).test),
    ...browser,
    WASM_BINDGEN_TEST_RUNNER: await setup.bindgenTestRunner(),
  };
  const runner = [process.execPath, join(root, 'scripts', 'test', 'browser-runner.mjs')];
  const config = `target.${WASM_TARGET}.runner=${JSON.stringify(runner)}`;
  const tests = ['cargo', 'test', ...locked, '--target', WASM_TARGET, '--config', config, '--test', 'browser'];
  return countCargo(await run(tests, { ...LIMIT, env }));
}

async function nodeTests(folder, env = {}, filesAtOnce = 1, limit = LIMIT, isChosen = () => true) {
  // Files are listed one by one: Node 20 supports only folders, and Node 22 only patterns.
  const files = filesIn(folder).filter((file) => /\.test\.m?js$/.test(file) && isChosen(file));
  if (files.length === 0) return skipped(`no tests in ${folder}`);
  const options = ['--test', `--test-concurrency=${filesAtOnce}`, '--test-reporter=spec'];
  return countNode(await run([process.execPath, ...options, ...files], { ...limit, env }));
}

function skipped(reason) {
  console.log(`skipped: ${reason}`);
  return tally(0, 0, 1);
}
