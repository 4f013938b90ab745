// listAssets() while assets are deleted and added: each asset that stays, or that the reader deletes, is yielded exactly once.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { deleteAsset, listAssets } from 'mediaferry';
import { bundled } from './bundled.mjs';
import { loadCore, mockFetch } from './mock-network.mjs';

const COUNT = 249;
const options = { provider: 'onerouter', gateway: 'http://gateway.test/' };

let everyAsset;

before(async () => {
  await loadCore();
  ({ everyAsset } = await bundled("export { everyAsset } from './api/list-pages.js'"));
});

/** A server with these assets, as their ids. */
class Account {
  ids = Array.from({ length: COUNT }, (_, at) => at + 1);
  deleted = 0;
  reads = 0;

  page(page, size) {
    this.reads += 1;
    return this.ids.slice((page - 1) * size, page * size);
  }

  remove(id) {
    const at = this.ids.indexOf(id);
    if (at >= 0) this.ids.splice(at, 1);
    this.deleted += 1;
  }

  /** Answers as OneRouter does. */
  respond({ method, url }) {
    const { pathname, searchParams } = new URL(url);
    const id = Number(pathname.split('/').at(-1));
    if (method === 'DELETE') this.remove(id);
    if (method === 'DELETE') return { code: 200, data: { deleted: true }, message: 'Success' };
    const items = this.page(Number(searchParams.get('page')), Number(searchParams.get('page_size')));
    const asset = (id) => ({ id, status: 'active', upstream_asset_uri: `asset://${id}` });
    return { code: 200, data: { items: items.map(asset), total: this.ids.length }, message: 'Success' };
  }
}

for (const pageSize of [undefined, 1, 7, 50, 100]) {
  for (const [what, isDeleted] of [
    ['every one', () => true],
    ['every second', (id) => id % 2 === 0],
    ['none', () => false],
  ]) {
    test(`${COUNT} assets in pages of ${pageSize ?? 'the most'}, of which the loop deletes ${what}`, async () => {
      const account = new Account();
      mockFetch((request) => account.respond(request));
      const seen = [];
      for await (const { id } of listAssets({ ...options, ...(pageSize && { pageSize }) })) {
        seen.push(Number(id));
        if (isDeleted(Number(id))) await deleteAsset(id, options);
      }
      assert.equal(seen.length, COUNT);
      assert.equal(new Set(seen).size, COUNT);
      assert.deepEqual(
        account.ids,
        Array.from({ length: COUNT }, (_, at) => at + 1).filter((id) => !isDeleted(id)),
      );
      if (what === 'none') assert.equal(account.reads, Math.ceil(COUNT / (pageSize ?? 100)));
    });
  }
}

/** Reads a list to its end; `meanwhile` happens after each asset. */
async function readAll(account, size, meanwhile = () => {}, total = () => account.ids.length) {
  const read = async (page) => {
    assert.ok(account.reads < 20_000, 'it does not end');
    return { assets: account.page(page, size).map((id) => ({ id })), total: total(page) };
  };
  const seen = [];
  for await (const { id } of everyAsset(read, () => account.deleted)) {
    seen.push(id);
    meanwhile(id);
  }
  return seen;
}

test('each asset is yielded once, whatever is deleted and added meanwhile', async () => {
  const act = fc.oneof(
    { arbitrary: fc.constant('keep'), weight: 3 },
    { arbitrary: fc.constant('delete'), weight: 3 },
    fc.constantFrom('add in front', 'another deletes'),
  );
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.infiniteStream(act), async (size, acts) => {
    const account = new Account();
    const gone = new Set();
    let added = 0;
    const seen = await readAll(account, size, (id) => {
      const { value } = acts.next();
      if (value === 'delete') account.remove(id);
      // No more than there were: it must end.
      if (value === 'add in front' && added < 300) account.ids.unshift(`new ${added++}`);
      if (value === 'another deletes' && account.ids.length > 0) {
        const [other] = account.ids.splice((added * 7919) % account.ids.length, 1);
        gone.add(other);
      }
    });
    assert.equal(new Set(seen).size, seen.length, 'one comes twice');
    const met = new Set(seen);
    const missed = Array.from({ length: COUNT }, (_, at) => at + 1).filter((id) => !met.has(id) && !gone.has(id));
    assert.deepEqual(missed, []);
  });
  await fc.assert(property, { numRuns: 500, includeErrorInReport: true });
});

test('a list ends even if its total is wrong', async () => {
  const everything = Array.from({ length: COUNT }, (_, at) => at + 1);
  for (const total of [() => undefined, () => 0, () => 3, () => 1e9, () => Number.NaN, () => -1]) {
    const account = new Account();
    assert.deepEqual(await readAll(account, 50, undefined, total), everything, String(total));
    assert.ok(account.reads <= 8, `${account.reads} pages read with ${total}`);
  }
  // Totals that change without a reason.
  let number = 0;
  for (const total of [() => 1e6 - number++, () => [200, 100][number++ % 2], () => (number += 50)]) {
    const account = new Account();
    await readAll(account, 50, undefined, total);
    assert.ok(account.reads < 60, `${account.reads} pages read with ${total}`);
  }
});

test('a list without a total is read to its end while its assets are deleted', async () => {
  const account = new Account();
  const seen = await readAll(
    account,
    50,
    (id) => account.remove(id),
    () => undefined,
  );
  assert.deepEqual([seen.length, account.ids.length], [COUNT, 0]);
});

test('a list ends even if the server returns no page or the same page forever', async () => {
  const empty = new Account();
  empty.ids = [];
  assert.deepEqual(await readAll(empty, 50), []);
  assert.equal(empty.reads, 1);
  const same = new Account();
  same.page = () => {
    same.reads += 1;
    return same.ids.slice(0, 50);
  };
  let number = 0;
  for (const [total, most] of [
    [() => undefined, 4],
    [() => COUNT, 4],
    [() => 1e9, 4],
    [() => (number += 100), 25],
  ]) {
    same.reads = 0;
    assert.equal((await readAll(same, 50, undefined, total)).length, 50);
    assert.ok(same.reads <= most, `${same.reads} pages read`);
  }
});

test('each asset is yielded once if several pages of assets are added at the front', async () => {
  const account = new Account();
  const seen = await readAll(account, 20, (id) => {
    if (id === 120) account.ids.unshift(...Array.from({ length: 100 }, (_, at) => `new ${at}`));
  });
  assert.deepEqual(
    seen,
    Array.from({ length: COUNT }, (_, at) => at + 1),
  );
});
