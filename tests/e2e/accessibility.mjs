// axe-core, run in a page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** A function, because WebDriver runs no other script. */
const axe = new Function(readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8'));

/** Fails if axe finds something on the page, by all its rules. Gives the ids of the rules that passed. */
export async function checkAccessibility(tab, state) {
  await tab.page.evaluate(axe);
  const { violations, passes } = await tab.page.evaluate(async () => {
    const { violations, passes } = await globalThis.axe.run(document);
    const plain = ({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    });
    return { violations: violations.map(plain), passes: passes.map(({ id }) => id) };
  });
  assert.deepEqual(violations, [], state);
  return passes;
}

/** Chooses a colour scheme and a direction in every browser; only some can emulate a preference. */
export const setLook = (tab, look) =>
  tab.page.evaluate(({ colorScheme, dir }) => {
    document.documentElement.style.colorScheme = colorScheme;
    document.documentElement.dir = dir;
  }, look);

export const LOOKS = {
  light: { colorScheme: 'light', dir: 'ltr' },
  dark: { colorScheme: 'dark', dir: 'ltr' },
  'right to left': { colorScheme: 'light', dir: 'rtl' },
};

/** How far anything sticks out of the page at its sides, in pixels. */
export const overflow = (tab) =>
  tab.page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
