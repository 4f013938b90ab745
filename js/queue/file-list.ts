// What was found in a drop, a paste or a list.

import type { Source } from '../api/types.js';

/** The files that were found. */
export interface DroppedFiles {
  /** Files, and URLs if there were some in the list, in their order. */
  files: Source[];
  /** Why the others cannot be read. */
  errors: unknown[];
}

export const NOTHING: DroppedFiles = { files: [], errors: [] };

export const failed = (error: unknown): DroppedFiles => ({ files: [], errors: [error] });

/** All of them together, in their order. */
export function merged(all: DroppedFiles[]): DroppedFiles {
  return { files: all.flatMap(({ files }) => files), errors: all.flatMap(({ errors }) => errors) };
}
