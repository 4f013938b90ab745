// The gateway: a native program, built by cargo.

import { join } from 'node:path';
import { nativeTarget, root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { say, took } from '../lib/say.mjs';
import { locked, nativeEnv } from './cargo.mjs';
import { ifStale } from './stale.mjs';

const INPUTS = ['Cargo.toml', 'Cargo.lock', '.cargo/config.toml', 'src', 'gateway/Cargo.toml', 'gateway/src'];

/** Where the gateway's program is, once built. */
export const gatewayBinary = () => join(nativeTarget, 'debug', 'mediaferry-gateway');

/**
 * Builds the gateway, if it is stale. With the native tests, where those have been built: they ask for more features of
 * crates that it needs too, and by itself it would have all of these built again.
 */
export function buildGateway({ withTests = false } = {}) {
  const stamp = join(nativeTarget, 'gateway.stamp');
  return ifStale({ stamp, inputs: INPUTS, facts: [root], outputs: [gatewayBinary()] }, async () => {
    say('building the gateway');
    const start = performance.now();
    const what = withTests ? ['test', '--no-run', '--workspace'] : ['build', '--package', 'mediaferry-gateway'];
    await must(['cargo', ...what, ...locked], { env: nativeEnv });
    say(`built the gateway in ${took(start)}`);
  });
}
