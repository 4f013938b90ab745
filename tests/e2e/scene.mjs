// What a suite stands on: one gateway and one browser, ended with it. Every test file is a process, so there is one of each.

import { after, before, beforeEach } from 'node:test';
import { startBrowser } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { lifetime } from './lifetime.mjs';

export let gateway;
export let browser;

/** Sets the scene for the suite that calls this; no test finds another's faults or log. `options` are the gateway's. */
export function scene(options) {
  const life = lifetime({ after });
  before(async () => {
    gateway = await startGateway(life, options);
    browser = await startBrowser(life);
  });
  beforeEach(() => gateway.calm());
}
