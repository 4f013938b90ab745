// All that is measured, in the order of the document.

import { uploadGroups } from './uploads.mjs';

/**
 * Each group has a `name`, a `title` and `rows`; `measure(row, bench)` gives a result, and `report(results, bench)` the tables of
 * a map from rows to results.
 */
export const GROUPS = [...uploadGroups];
