// One gateway and one browser for a suite. Each test file is a process of its own, so there is one of each.

import { after, before, beforeEach } from 'node:test';
import { startBrowser } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { lifetime } from './lifetime.mjs';

export let gateway;
export let browser;

/** Starts both for the suite that calls this; no test finds another's faults or log. `options` are the gateway's. */
export function setUp(options) {
  const life = lifetime({ after });
  before(async () => {
    gateway = await startGateway(life, options);
    browser = await startBrowser(life);
  });
  beforeEach(() => gateway.reset());
}
