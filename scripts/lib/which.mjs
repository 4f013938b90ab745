// Finds programs the way a shell does.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** True if there is a program at `path`. */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first of `names` that is on PATH, as a full path. */
export function which(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      if (folder && isProgram(path)) return path;
    }
  }
  return undefined;
}
