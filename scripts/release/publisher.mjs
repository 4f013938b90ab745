// `node scripts/release/publisher.mjs OWNER 'NAME <EMAIL>'`: sets the publisher in both packages.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readText, root } from '../lib/paths.mjs';
import { CommandError } from '../lib/run.mjs';
import { runScript } from '../lib/say.mjs';
import { publisherFields } from './fields.mjs';

await runScript(async () => {
  const [owner, author] = process.argv.slice(2);
  if (!/^[\w-]+$/.test(owner ?? '') || !author)
    throw new CommandError("usage: node scripts/release/publisher.mjs OWNER 'NAME <EMAIL>'");
  for (const directory of ['', 'create-mediaferry']) {
    const path = join(directory, 'package.json');
    const manifest = { ...JSON.parse(readText(path)), ...publisherFields({ owner, author, directory }) };
    writeFileSync(join(root, path), `${JSON.stringify(manifest, null, 2)}\n`);
  }
});
