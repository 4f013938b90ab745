// A Node for the tools that need a newer one than runs these tests, from npm.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tools.mjs';

const NEWER = '24.22.3';

/** Whether the Node that runs these tests is at least of this major version. */
export const isOurs = (major = 0) => Number.parseInt(process.versions.node, 10) >= major;

/** Installs a newer Node into `folder`; gives the folder with the program, or undefined where npm has none for this machine. */
export async function newerNode(folder) {
  const name = `node-${process.platform}-${process.arch}`;
  await run(['npm', 'install', '--prefix', folder, '--no-save', '--prefer-offline', `${name}@${NEWER}`], folder).catch(
    () => {},
  );
  const programs = join(folder, 'node_modules', name, 'bin');
  return existsSync(programs) ? programs : undefined;
}
