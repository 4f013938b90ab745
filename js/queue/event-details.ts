// The `detail` of each event of a queue.

import type { UploaderEvents } from '../api/types.js';

/** Creates the `detail` of each event from the arguments of its listeners. */
export const DETAILS = {
  'file-added': (task) => ({ task }),
  'file-removed': (task) => ({ task }),
  'restriction-failed': (source, violations) => ({ source, violations }),
  'upload-start': (task) => ({ task }),
  'upload-event': (task, event) => ({ task, event }),
  'upload-progress': (task, progress) => ({ task, progress }),
  'upload-retry': (task, retry) => ({ task, retry }),
  'upload-success': (task, asset) => ({ task, asset }),
  'upload-error': (task, error) => ({ task, error }),
  'resume-unavailable': (error) => ({ error }),
  progress: (progress) => progress,
  complete: (result) => result,
} satisfies { [Name in keyof UploaderEvents]: (...args: UploaderEvents[Name]) => object };

/** The `detail` of each event. */
export type EventDetails = { [Name in keyof UploaderEvents]: ReturnType<(typeof DETAILS)[Name]> };

/** The names of the events. */
export const EVENT_NAMES = Object.keys(DETAILS) as (keyof EventDetails)[];
