// The events of the queue as events of the element.

import type { UploaderEvents } from '../types.js';
import type { Uploader } from '../uploader.js';

/** What each event has as its `detail`. */
const DETAILS = {
  'file-added': (task) => ({ task }),
  'file-removed': (task) => ({ task }),
  'restriction-failed': (source, violations) => ({ source, violations }),
  'upload-start': (task) => ({ task }),
  'upload-event': (task, event) => ({ task, event }),
  'upload-progress': (task, progress) => ({ task, progress }),
  'upload-retry': (task, retry) => ({ task, retry }),
  'upload-success': (task, asset) => ({ task, asset }),
  'upload-error': (task, error) => ({ task, error }),
  progress: (progress) => progress,
  complete: (outcome) => outcome,
} satisfies { [Name in keyof UploaderEvents]: (...facts: UploaderEvents[Name]) => object };

/** The `detail` of each event. */
export type Details = { [Name in keyof UploaderEvents]: ReturnType<(typeof DETAILS)[Name]> };

/** The element's own events, beside those that every element has. `change` is there when its value changes. */
export type MediaFerryEventMap = Omit<HTMLElementEventMap, keyof Details> & {
  [Name in keyof Details]: CustomEvent<Details[Name]>;
};

/** Dispatches the events of the queue at the element. */
export function forward(uploader: Uploader, target: EventTarget): void {
  for (const name of Object.keys(DETAILS) as (keyof Details)[]) pass(name);

  function pass<Name extends keyof Details>(name: Name): void {
    uploader.on(name, (...facts) => {
      const detail = (DETAILS[name] as (...facts: UploaderEvents[Name]) => object)(...facts);
      target.dispatchEvent(new CustomEvent(name, { detail }));
    });
  }
}
