// What a run of the scenarios is: in which engine, whether it is whole, and where its figures go.

import { writeFigure } from './results.mjs';

export const engine = process.env.BROWSER || 'chromium';
/** Every store, with parts as they are in production, beside Uppy. */
export const isWhole = process.env.LARGE === 'all';

/** Reports a figure, and writes it to the table after a whole run. */
export function note(t, row, figure) {
  t.diagnostic(`${row.scenario} (${row.store}, ${row.contender}): ${figure}`);
  if (isWhole) writeFigure({ ...row, engine }, figure);
}
