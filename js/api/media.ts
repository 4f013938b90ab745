// What a file is.

import type { Kind } from '../generated/core.js';

/** What a file is, by its content. A missing fact is one that the file does not tell or does not have. */
export interface Media {
  /** The file's name, `''` for a bare Blob. */
  name: string;
  /** What the browser calls it (`File.type`), `''` where it says nothing. */
  declaredType: string;
  /** Whether the name's extension or the declared type says something else than the content. */
  mismatch: boolean;
  /** Size in bytes. */
  bytes: number;
  /** The MIME type by content: what is signed and sent. */
  mime: string;
  /** The format's name for people, for example `'JPEG'`. */
  format: string;
  /** The usual extension of this format, without a dot. */
  extension: string;
  /** Image, video or audio. */
  kind: Kind;
  /** Pixels as displayed, after orientation or rotation. */
  width?: number;
  /** Pixels as displayed, after orientation or rotation. */
  height?: number;
  /** Pixels as stored. */
  storedWidth?: number;
  /** Pixels as stored. */
  storedHeight?: number;
  /** EXIF orientation, 1 to 8. */
  orientation?: number;
  /** Whether there is more than one picture. */
  animated?: boolean;
  /** Running time in seconds. */
  duration?: number;
  /** Whether there is a track of pictures. */
  hasVideo?: boolean;
  /** Whether there is a track of sound. */
  hasAudio?: boolean;
  /** Codecs in the order of the tracks, by their usual names. */
  codecs: string[];
  /** `false` where the file ends before its own structure says it does. */
  complete?: boolean;
  /** The facts above that are estimates and not read from the file. */
  estimated: 'duration'[];
}
