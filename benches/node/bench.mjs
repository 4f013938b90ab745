// What every measurement uses: the server, the browser, the contenders and the number of runs.

import { call, openPage, startEngine } from './browser.mjs';
import { bundlePage } from './bundle.mjs';
import { startServer } from './server.mjs';

/** Starts everything until the end of `life`. */
export async function startBench(life, { engine, builds, contenders, observed, quick, runs }) {
  const mounts = { '/bench': await bundlePage(life) };
  builds.forEach(({ folder }, at) => {
    mounts[baseOf(at)] = folder;
  });
  const server = await startServer(life, mounts);
  const browser = await startEngine(life, engine, observed);
  const open = (path = '/') => openPage(browser, server.page + path, observed);
  const page = await open();
  const packages = [];
  for (const [at, { name }] of builds.entries()) {
    const [base, label] = [baseOf(at), name && ` (${name})`];
    packages.push({ name: `mediaferry${label}`, base });
    const skips = await call(page, 'uploads', 'skipsChecksum', base, server.storage);
    if (skips) packages.push({ name: `mediaferry${label}, no checksum`, base, options: { checksum: 'skip' } });
    packages.push({ name: `mediaferry${label}, in parts`, base, parts: true });
  }
  const peers = await call(page, 'uploads', 'peers');
  const version = (await browser.version?.()) ?? (await page.evaluate(askVersion));
  await page.close();
  return {
    engine,
    server,
    version,
    builds: packages.filter(({ parts }) => !parts),
    /** The contenders that send a file in parts. */
    inParts: packages.filter(({ parts }) => parts),
    /** The contenders that hash. */
    hashing: packages.filter(({ options, parts }) => !options && !parts),
    peers: contenders ? peers.filter((name) => contenders.some((part) => name.includes(part))) : peers,
    runs: (isSlow) => runs ?? (quick ? 2 : isSlow ? 3 : 5),
    openPage: open,
  };
}

const baseOf = (at) => `/mediaferry${at || ''}`;

/** Runs in the page, if the driver of the engine does not report its version. */
function askVersion() {
  const [, version] = /Version\/([\d.]+)/.exec(navigator.userAgent) ?? [];
  return `WebKit ${version}`;
}
