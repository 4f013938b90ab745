// The result of searching a drop, a paste or a list.

import type { Source } from '../api/types.js';

/** The files of a drop, a paste or a list. */
export interface DroppedFiles {
  /** The files, and the URLs of a list, in their order. */
  files: Source[];
  /** One error for each item that could not be read. */
  errors: unknown[];
}

export const NOTHING: DroppedFiles = { files: [], errors: [] };

export const failed = (error: unknown): DroppedFiles => ({ files: [], errors: [error] });

/** Merges results, in their order. */
export function merged(all: DroppedFiles[]): DroppedFiles {
  return { files: all.flatMap(({ files }) => files), errors: all.flatMap(({ errors }) => errors) };
}
