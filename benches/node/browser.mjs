// The browser, and pages whose requests no debugger observes.

import { setup } from '../../scripts/setup.mjs';

/** The engines, with the functions that find them. */
export const ENGINES = { chromium: setup.chromium, firefox: setup.firefox, webkit: setup.webkit };

/** Starts an engine until the end of `life`. */
export async function startEngine(life, engine, isObserved = false) {
  const found = await ENGINES[engine]();
  if (!found) throw new Error(`${engine} is not installed`);
  Object.assign(process.env, found, { BROWSER: engine });
  // The module reads these variables.
  const { startBrowser } = await import('../../tests/e2e/engine.mjs');
  return await startBrowser(life, { isDirect: true, networkEnabled: isObserved });
}

/** Opens a URL in a tab; unless it is `isObserved`, the browser reports no events of it. */
export async function openPage(browser, url, isObserved) {
  const page = await browser.newPage();
  if (!isObserved) await quieten(page);
  await page.goto(url);
  return page;
}

/** Returns an input of the page that contains these files. */
export async function holding(page, paths) {
  const input = await page.evaluateHandle(() =>
    Object.assign(document.createElement('input'), { type: 'file', multiple: true }),
  );
  await input.uploadFile(...paths);
  return input;
}

/** Calls a function of a module of benches/page in the page. */
export const call = (page, module, name, ...args) =>
  page.evaluate(
    async (module, name, ...args) => (await import(`/bench/${module}.js`))[name](...args),
    module,
    name,
    ...args,
  );

/** Prevents Chromium from reporting workers to the debugger, because workers wait for it. */
async function quieten(page) {
  if (process.env.BROWSER !== 'chromium') return;
  const client = page._client();
  await client.send('Target.setAutoAttach', { autoAttach: false, waitForDebuggerOnStart: false, flatten: true });
}
