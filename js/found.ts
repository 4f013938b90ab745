// What was found in a drop, a paste or a list.

import type { Source } from './types.js';

/** The files that were found. */
export interface Found {
  /** Files, and URLs if there were some in the list, in their order. */
  files: Source[];
  /** Why the others cannot be read. */
  errors: unknown[];
}

export const NOTHING: Found = { files: [], errors: [] };

export const failed = (error: unknown): Found => ({ files: [], errors: [error] });

/** All of them together, in their order. */
export function merged(all: Found[]): Found {
  return { files: all.flatMap(({ files }) => files), errors: all.flatMap(({ errors }) => errors) };
}
