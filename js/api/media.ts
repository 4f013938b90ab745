// The properties of a media file.

import type { Kind } from '../generated/core.js';

/** What a file contains. An optional property is missing if it does not apply to the format, or if the file does not state it. */
export interface Media {
  /** The file's name; `''` for a Blob without one. */
  name: string;
  /** The type that the browser reports (`File.type`); `''` if it reports none. */
  declaredType: string;
  /** Whether the extension or the declared type does not match the content. */
  mismatch: boolean;
  /** Size in bytes. */
  bytes: number;
  /** The MIME type of the content. This type is signed and sent. */
  mime: string;
  /** The display name of the format, for example `'JPEG'`. */
  format: string;
  /** The usual extension of the format, without a dot. */
  extension: string;
  /** Image, video or audio. */
  kind: Kind;
  /** Width in pixels as displayed, after orientation or rotation. */
  width?: number;
  /** Height in pixels as displayed, after orientation or rotation. */
  height?: number;
  /** Width in pixels as stored. */
  storedWidth?: number;
  /** Height in pixels as stored. */
  storedHeight?: number;
  /** EXIF orientation, 1 to 8. */
  orientation?: number;
  /** Whether an image has more than one frame. */
  animated?: boolean;
  /** Duration in seconds. */
  duration?: number;
  /** Whether there is a video track. */
  hasVideo?: boolean;
  /** Whether there is an audio track. */
  hasAudio?: boolean;
  /** The common names of the codecs, in the order of the tracks. */
  codecs: string[];
  /** `false` if the file ends before its content does. */
  complete?: boolean;
  /** Whether the EXIF data of an image states where it was recorded. */
  hasLocation: boolean;
  /** The properties that are estimated instead of read from the file. */
  estimated: 'duration'[];
}
