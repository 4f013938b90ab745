// `mediaferry-gateway doctor` with a real store: each mistake is named, and the CORS rule that it prints works.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { readText } from '../../scripts/lib/paths.mjs';
import { which } from '../../scripts/lib/which.mjs';
import { STORES } from './stores.mjs';

const TESTS = [
  'clock',
  'bucket put',
  'bucket get',
  'bucket if-none-match',
  'bucket delete',
  'bucket parts',
  'bucket cors',
];
const once = { MEDIAFERRY_S3_IF_NONE_MATCH: 'true' };

for (const [name, { skip, start, isConditional, denials }] of Object.entries(STORES)) {
  suite(`${name} as the bucket`, { skip }, () => {
    let store;

    before(async () => {
      store = await start();
    });
    after(() => store?.stop());

    /** Runs `doctor`; returns its exit code and its failed lines. */
    function doctor(change = {}, clock = []) {
      const env = { ...store.variables, MEDIAFERRY_ALLOW_ORIGIN: 'https://app.example', ...change };
      const [program, ...args] = [...clock, process.env.MEDIAFERRY_GATEWAY, 'doctor'];
      return new Promise((resolve) => {
        execFile(program, args, { env: { PATH: process.env.PATH, ...env } }, (error, stdout) => {
          for (const secret of [env.MEDIAFERRY_S3_SECRET_ACCESS_KEY, 'X-Amz'])
            assert.ok(!stdout.includes(secret), stdout);
          const lines = stdout.trim().split('\n');
          resolve({ code: error?.code ?? 0, lines, failed: lines.filter((line) => line.startsWith('FAILED')) });
        });
      });
    }

    // The setting is for stores that honour the header.
    const settings = isConditional ? once : {};

    /** Every test of the bucket has passed. */
    function assertWorks({ code, lines, failed }) {
      assert.deepEqual([code, failed], [0, []]);
      for (const name of TESTS) {
        const isIgnored = name === 'bucket if-none-match' && !isConditional;
        const start = `${isIgnored ? 'note' : 'ok  '}    ${name}`;
        assert.ok(
          lines.some((line) => line.startsWith(start)),
          lines.join('\n'),
        );
      }
    }

    test('a store that ignores If-None-Match fails with s3.if_none_match', { skip: isConditional }, async () => {
      const { code, failed } = await doctor(once);
      assert.deepEqual([code, failed.length], [1, 1], failed.join('\n'));
      assert.match(failed[0], /^FAILED {2}bucket if-none-match: the store ignores it, .* remove s3\.if_none_match/);
    });

    test('a missing CORS rule is printed, and the printed rule works', async () => {
      const { code, failed } = await doctor(settings);
      assert.deepEqual([code, failed.length], [1, 1], failed.join('\n'));
      assert.match(failed[0], /^FAILED {2}bucket cors https:\/\/app\.example: /);
      await store.setCors(JSON.parse(failed[0].split('set this CORS rule for the bucket: ')[1]));
      assertWorks(await doctor(settings));
    });

    test('the CORS rule in the guide works', async () => {
      const guide = readText('docs/guides/deploying-the-gateway.md');
      await store.setCors(JSON.parse(/--cors-configuration '([^']+)'/.exec(guide)[1]));
      assertWorks(await doctor(settings));
    });

    test('a wrong secret, id or bucket is named', async () => {
      for (const [name, error, setting] of [
        ['SECRET_ACCESS_KEY', denials[0], 's3.secret_access_key'],
        ['ACCESS_KEY_ID', denials[1], 's3.access_key_id'],
        ['BUCKET', 'NoSuchBucket', 's3.bucket'],
      ]) {
        const { code, failed } = await doctor({ [`MEDIAFERRY_S3_${name}`]: 'wrong-one' });
        assert.deepEqual([code, failed.length], [1, 1], failed.join('\n'));
        assert.match(failed[0], new RegExp(`^FAILED {2}bucket put: status \\d+ ${error}; .*check .*${setting}`));
      }
    });

    const noFaketime = !which('faketime') && 'faketime is not installed';

    test('a clock that is 20 minutes off is named', { skip: noFaketime }, async () => {
      for (const offset of ['-20m', '+20m']) {
        const { code, failed } = await doctor({}, ['faketime', '-f', offset]);
        assert.equal(code, 1);
        assert.match(failed[0], /^FAILED {2}clock: (1199|120\d) s (behind|ahead of) that of the bucket/);
      }
    });
  });
}
