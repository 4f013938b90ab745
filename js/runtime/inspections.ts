// How many files are inspected at the same time. What has been read of each is in memory until it is identified.

import { Budget } from './budget.js';

/** An inspection takes milliseconds, so running more of them at a time is not faster. */
const MAX_INSPECTIONS = 16;
/** How long one waits, at most: files on a drive that is away may be stuck, and must not stop others. */
const MAX_WAIT_MILLIS = 5_000;

const inspections = new Budget(MAX_INSPECTIONS);

/** Waits for its turn. Call the returned function when the file is identified. */
export const beginInspection = (): Promise<() => void> => inspections.take(1, MAX_WAIT_MILLIS);
