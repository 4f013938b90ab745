// Several gateways: shared limits, fairness, and deploys without failed uploads.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../loopback.mjs';
import { nginxProgram, startCluster, startNginx, startProvider, upload, valkeyProgram } from './cluster.mjs';

const USERS = 50;
const CREATES = 3;
const DEPLOYS = 10;

const attemptId = () => randomBytes(16).toString('hex');

describe('a cluster', { skip: valkeyProgram ? false : 'neither valkey-server nor redis-server is installed' }, () => {
  test('shares the limit of an account fairly, also while an instance restarts', async (t) => {
    const provider = await startProvider({ limit: CREATES });
    t.after(provider.stop);
    const ports = [await freePort(), await freePort()];
    const { gateway } = await startCluster(t, provider, {
      MEDIAFERRY_ACCOUNTS_RELAYDANCE_CREATES: String(CREATES),
      MEDIAFERRY_ACCOUNTS_RELAYDANCE_CREATES_WINDOW_SECONDS: '1',
    });
    const instances = [await gateway(ports[0]), await gateway(ports[1])];
    const begun = performance.now();
    const finished = await Promise.all(
      Array.from({ length: USERS }, async (_, user) => {
        const attempt = attemptId();
        for (let tries = user; ; tries += 1) {
          const response = await upload(`http://127.0.0.1:${ports[tries % 2]}`, `user-${user}`, attempt).catch(
            () => undefined,
          );
          if (response?.ok) return performance.now() - begun;
          assert.ok(!response || response.status === 429 || response.status === 409, `status ${response?.status}`);
          if (response?.status === 409) return performance.now() - begun;
          const seconds = Number(response?.headers.get('retry-after') ?? 0.2);
          await sleep(seconds * 1000);
        }
      }).concat([
        (async () => {
          await sleep(4000);
          await instances[1].stop();
          instances[1] = await gateway(ports[1]);
          return 0;
        })(),
      ]),
    );
    assert.equal(provider.state.rejected, 0, 'the provider never sees more than its limit');
    assert.ok(provider.state.created >= USERS, `${provider.state.created} of ${USERS}`);
    const longest = Math.max(...finished) / 1000;
    const shortest = USERS / CREATES;
    t.diagnostic(`${USERS} users in ${longest.toFixed(1)} s; the account allows them in ${shortest.toFixed(1)} s`);
    assert.ok(longest < 4 * shortest, `the last user waited ${longest} s`);
  });

  test('loses no upload when one of two instances stops, behind nginx', {
    skip: nginxProgram ? false : 'nginx is not installed',
  }, async (t) => {
    const provider = await startProvider({ millis: 300 });
    t.after(provider.stop);
    const ports = [await freePort(), await freePort()];
    const { folder, gateway } = await startCluster(t, provider);
    const instances = [await gateway(ports[0]), await gateway(ports[1])];
    const origin = await startNginx(t, folder, ports);
    const outcomes = {};
    let running = true;
    const load = Array.from({ length: 20 }, async (_, user) => {
      while (running) {
        const status = await upload(origin, `user-${user}`, attemptId()).then(
          (response) => response.status,
          (error) => error.cause?.code ?? error.message,
        );
        outcomes[status] = (outcomes[status] ?? 0) + 1;
      }
    });
    for (let deploy = 0; deploy < DEPLOYS; deploy += 1) {
      await sleep(1000);
      const one = deploy % 2;
      await instances[one].stop();
      instances[one] = await gateway(ports[one]);
    }
    running = false;
    await Promise.all(load);
    t.diagnostic(`${DEPLOYS} deploys: ${JSON.stringify(outcomes)}`);
    assert.deepEqual(Object.keys(outcomes), ['200']);
  });
});
