// The example that turns pixels, which readers will copy.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const guide = readFileSync(new URL('../../docs/guides/fix.md', import.meta.url), 'utf8');

class ImageData {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(width * height * 4) });
  }
}

test('the example turns pixels by each orientation', () => {
  const [example] = /function turned\(.*?\n}\n/s.exec(guide);
  const turned = new Function('ImageData', `${example}; return turned`)(ImageData);
  const stored = new Uint8Array(new Uint32Array([1, 2, 3, 4, 5, 6]).buffer);
  const rows = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => {
    const { width, height, data } = turned(stored, 3, 2, orientation);
    return `${width}x${height} ${new Uint32Array(data.buffer).join('')}`;
  });
  assert.deepEqual(rows, [
    '3x2 123456',
    '3x2 321654',
    '3x2 654321',
    '3x2 456123',
    '2x3 142536',
    '2x3 415263',
    '2x3 635241',
    '2x3 362514',
  ]);
});
