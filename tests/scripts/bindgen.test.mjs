// The program that writes the glue of a module.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readText } from '../../scripts/lib/paths.mjs';

test('it has the version of wasm-bindgen that the package pins', () => {
  const [, version] = /^wasm-bindgen = "=(.+)"/m.exec(readText('Cargo.toml'));
  const manifest = readText('scripts/bindgen/Cargo.toml');
  assert.match(manifest, new RegExp(`^wasm-bindgen-cli-support = "=${version}"`, 'm'));
  assert.match(manifest, new RegExp(`^version = "${version}"`, 'm'));
});
