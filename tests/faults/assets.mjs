// The assets of the mock providers and of the custom backend: each file of these tests contains a mark.

import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { REAL, sha256 } from '../e2e/fixtures.mjs';

const [{ bytes: JPEG }] = REAL;
const PROVIDERS = ['modelhunter', 'onerouter', 'apiframe', 'relaydance', 'worldrouter'];
const MARK = /mark:([\w-]+);/;

/** A photo that has this mark in a comment, with so many zeros behind its end. */
export function photo(mark, zeros = 0) {
  const text = Buffer.from(`mark:${mark};`);
  const comment = Buffer.from([0xff, 0xfe, 0, text.length + 2]);
  const bytes = Buffer.concat([JPEG.subarray(0, 2), comment, text, JPEG.subarray(2)]);
  const sum = sha256(Buffer.concat([bytes, Buffer.alloc(zeros)]));
  return { mark, name: `${mark}.jpg`, base64: bytes.toString('base64'), zeros, sum, bytes };
}

/** Looks into a gateway's folder, and into what the backend has made. */
export class Assets {
  /** The marks of the objects that have been looked at, by their paths. */
  #marks = new Map();

  constructor(data, backend) {
    Object.assign(this, { folder: join(data, 'mediaferry'), backend });
  }

  /** The assets with this mark: whose they are, their ids and the SHA-256 of their bytes. */
  of(mark) {
    const own = [...this.backend.assets].filter(([, { bytes }]) => markIn(bytes) === mark);
    const sandboxed = PROVIDERS.flatMap((provider) => this.#at(provider, mark));
    return [...sandboxed, ...own.map(([id, { bytes }]) => ({ provider: 'own', id, sum: sha256(bytes) }))];
  }

  #at(provider, mark) {
    const found = [];
    for (const path of this.#objects(provider, mark)) {
      const record = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
      // ModelHunter's is an asset once it is confirmed.
      if (record.created_at) found.push({ provider, id: idOf(provider, path), sum: sha256(readFileSync(path)) });
    }
    return found;
  }

  #objects(provider, mark) {
    const folder = join(this.folder, provider);
    if (!existsSync(folder)) return [];
    const records = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return records.map((name) => join(folder, name.slice(0, -5))).filter((path) => this.#markOf(path) === mark);
  }

  #markOf(path) {
    if (!this.#marks.has(path)) {
      const mark = existsSync(path) ? markIn(head(path)) : undefined;
      // Its bytes may still be on their way.
      if (!mark) return undefined;
      this.#marks.set(path, mark);
    }
    return this.#marks.get(path);
  }

  /** Removes what has these marks: an account may hold 1,000 assets. */
  forget(marks) {
    for (const [path, mark] of this.#marks) {
      if (!marks.includes(mark)) continue;
      for (const name of [`${path}.json`, path]) rmSync(name, { force: true });
      this.#marks.delete(path);
    }
    for (const [id, { bytes }] of this.backend.assets)
      if (marks.includes(markIn(bytes))) this.backend.assets.delete(id);
  }
}

/** A provider's own id for what it keeps under this path. */
function idOf(provider, path) {
  const id = path.split('/').at(-1);
  if (provider === 'apiframe') return id.replace('file_', '');
  return provider === 'onerouter' ? String(Number.parseInt(id.slice(5, 13), 16)) : id;
}

const markIn = (bytes) => MARK.exec(bytes?.subarray(0, 200).toString('latin1'))?.[1];

function head(path) {
  const bytes = Buffer.alloc(200);
  const file = openSync(path);
  try {
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
