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

/** Builds the gateway, if it is stale. */
export function buildGateway() {
  const stamp = join(nativeTarget, 'gateway.stamp');
  return ifStale({ stamp, inputs: INPUTS, facts: [root], outputs: [gatewayBinary()] }, async () => {
    say('building the gateway');
    const start = performance.now();
    await must(['cargo', 'build', ...locked, '--package', 'mediaferry-gateway'], {
      env: nativeEnv,
    });
    say(`built the gateway in ${took(start)}`);
  });
}
