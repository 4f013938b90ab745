// Dispatches the events of the queue at the element.

import type { ProviderId, RemoteAsset, UploadTask } from '../api/types.js';
import { EVENT_NAMES, type EventDetails } from '../queue/event-details.js';
import type { Uploader } from '../queue/uploader.js';

export type { EventDetails };

/** The user sends a rejected file to another provider. */
export interface ProviderSelection {
  /** The upload that was rejected. */
  task: UploadTask<RemoteAsset>;
  /** The id of the provider that accepts the file. */
  provider: ProviderId;
}

/**
 * The events of the element: those of the queue and of every element. `change` is dispatched when the value changes.
 * `provider-select` can be prevented: then the rejected upload stays, and the file is not sent.
 */
export type MediaFerryEventMap = Omit<HTMLElementEventMap, keyof EventDetails> & {
  [Name in keyof EventDetails]: CustomEvent<EventDetails[Name]>;
} & {
  /** The user sends a rejected file to another provider. */
  'provider-select': CustomEvent<ProviderSelection>;
};

/** Dispatches each event of the queue at the target, too. */
export function forward(uploader: Uploader, target: EventTarget): void {
  for (const name of EVENT_NAMES)
    uploader.addEventListener(name, ({ detail }) => target.dispatchEvent(new CustomEvent(name, { detail })));
}
