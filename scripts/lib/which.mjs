// Finds programs as a shell does.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Returns whether there is a program at `path`. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the full path of the first of `names` that is on PATH. */
export function which(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      if (folder && isProgram(path)) return path;
    }
  }
  return undefined;
}
