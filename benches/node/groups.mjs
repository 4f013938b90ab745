// All measurements, in the order of the document.

import { crowd } from './crowd.mjs';
import { hashing } from './hashing.mjs';
import { memory } from './memory.mjs';
import { probing } from './probing.mjs';
import { startup } from './startup.mjs';
import { uploadGroups } from './uploads.mjs';

/**
 * Each group has a `name`, a `title` and `rows`; `measure(row, bench)` returns a result, and `report(results, bench)` the tables of
 * a map from rows to results.
 */
export const GROUPS = [...uploadGroups, memory, crowd, startup, hashing, probing];
