// What the optional parts of an item need from the element.

import type { Messages } from '../api/message-types.js';
import type { ProviderId } from '../api/types.js';
import type { UploadState } from '../queue/upload-store.js';
import type { ElementLabels } from './labels.js';

export const PARTS = ['facts', 'asset', 'providers', 'video'] as const;

/** The properties of a file, its asset, the providers that accept it, and thumbnails of videos. */
export type Part = (typeof PARTS)[number];

export interface DetailsContext {
  labels: () => ElementLabels;
  messages: () => Messages | undefined;
  /** The parts that are selected. */
  parts: { has(part: Part): boolean };
  /** Sends a rejected file to another provider. */
  send: (upload: UploadState, provider: ProviderId) => void;
  announce: (subject: unknown, text: string) => void;
}
