// The browser, and a page without a debugger that follows its requests.

import { setup } from '../../scripts/setup.mjs';

/** The engines, and what finds each. */
export const ENGINES = { chromium: setup.chromium, firefox: setup.firefox, webkit: setup.webkit };

/** Starts an engine for as long as `life` lasts. */
export async function startEngine(life, engine, isObserved = false) {
  const found = await ENGINES[engine]();
  if (!found) throw new Error(`there is no ${engine} here`);
  Object.assign(process.env, found, { BROWSER: engine });
  // It reads these variables.
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

/** An input of the page that holds these files. */
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

/** Keeps Chromium from telling a debugger of workers, which wait for it. */
async function quieten(page) {
  if (process.env.BROWSER !== 'chromium') return;
  const client = page._client();
  await client.send('Target.setAutoAttach', { autoAttach: false, waitForDebuggerOnStart: false, flatten: true });
}
