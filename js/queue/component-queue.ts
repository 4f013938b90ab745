// A queue that belongs to a component of a framework: its states, its functions, and callbacks that may change.

import type { UploaderEvents, UploaderOptions, UploadSettings } from '../api/types.js';
import { Uploader } from '../index.js';
import { type UploadState, UploadStore } from './upload-store.js';

/** Listeners by the name of the `Uploader`'s event. */
export type Listeners = { [Name in keyof UploaderEvents]?: (...args: UploaderEvents[Name]) => void };

/** The functions of a queue in a component. They are stable, so you can pass them to other components. */
export interface QueueActions {
  /** Adds a file or a URL. See `Uploader.add`. */
  add: Uploader['add'];
  /** Adds the files of a drop, a paste, an `<input>` or a list. See `Uploader.addAll`. */
  addAll: Uploader['addAll'];
  /** Aborts an upload and removes it. */
  remove: (upload: Pick<UploadState, 'task'>) => void;
  /** See `Uploader.pauseAll`. */
  pauseAll: () => void;
  /** See `Uploader.resumeAll`. */
  resumeAll: () => void;
  /** See `Uploader.retryAll`. */
  retryAll: () => void;
  /** See `Uploader.cancelAll`. */
  cancelAll: () => void;
}

/** Creates a queue for a component. It does not listen to the signal of its options before `set()`. */
export function createComponentQueue(options: UploaderOptions) {
  let latest = options;
  // An upload keeps its options, but a component may create new callbacks on each render.
  const callbacks = {
    onProgress: (progress) => latest.onProgress?.(progress),
    onStage: (stage) => latest.onStage?.(stage),
    onInspected: (media) => latest.onInspected?.(media),
    onWarnings: (warnings) => latest.onWarnings?.(warnings),
    onRetry: (retry) => latest.onRetry?.(retry),
    onRestarted: () => latest.onRestarted?.(),
  } satisfies Partial<UploadSettings>;
  const withoutSignal = ({ signal: _, ...others }: UploaderOptions) => ({ ...others, ...callbacks });
  const uploader = new Uploader(withoutSignal(options));
  return {
    uploader,
    uploads: new UploadStore(uploader),
    actions: queueActions(uploader),
    set: (options: UploaderOptions) => {
      latest = options;
      uploader.options = { ...options, ...callbacks };
    },
    /** Aborts all uploads. The queue stays usable. */
    close: () => {
      uploader.options = withoutSignal(latest);
      uploader.cancelAll();
    },
  };
}

/** Calls the listeners that `current()` returns until the signal aborts. */
export function listen(uploader: Uploader, names: string[], current: () => Listeners, signal: AbortSignal): void {
  for (const name of names as (keyof Listeners)[])
    uploader.on(name, (...args: unknown[]) => (current()[name] as (...args: unknown[]) => void)?.(...args), { signal });
}

/** Functions without parameters ignore arguments: `onClick={cancelAll}` must not use the event as the reason. */
function queueActions(uploader: Uploader): QueueActions {
  return {
    add: uploader.add.bind(uploader) as Uploader['add'],
    addAll: uploader.addAll.bind(uploader),
    remove: ({ task }) => uploader.remove(task),
    pauseAll: () => uploader.pauseAll(),
    resumeAll: () => uploader.resumeAll(),
    retryAll: () => uploader.retryAll(),
    cancelAll: () => uploader.cancelAll(),
  };
}
