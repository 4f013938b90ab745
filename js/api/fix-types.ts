// Plans and fixes: how a file that violates limits can be made to fit, and what was done.

import type { Rule } from '../generated/core.js';
import type { Loss, Need, Purpose, StepKind } from '../generated/fix.js';
import type { Violation } from './violation.js';

/** The metadata to remove: the place where the file was recorded, or all metadata that is not needed to display it. */
export type Privacy = 'strip-location' | 'strip-metadata';

/** How a file can be made to fit. Plain data: it is computed before anything happens to the file. */
export interface Plan {
  /** Whether the provider accepts the file as it is. */
  accepted: boolean;
  /** Every limit that the file violates; empty if it is accepted. */
  violations: Violation[];
  /** The steps, in order. Empty if there is nothing to do, or if the file cannot be fixed. */
  steps: FixStep[];
  /**
   * The limits that no allowed step can meet; missing if there are none. A file with such a limit, or with a step that
   * `needs` something, is rejected with `violations`.
   */
  impossible?: Violation[];
}

/** One step of a plan. */
export interface FixStep {
  /** What it does. */
  kind: StepKind;
  /** Why it is needed: a limit that the file violates, or another purpose. */
  reason: Rule | Purpose;
  /** The file before the step. */
  from: FileState;
  /** The file after the step. */
  to: FileState;
  /** Whether pixels and samples stay as they are. */
  lossless: boolean;
  /** What it loses; missing if nothing. */
  loses?: Loss[];
  /** The estimated size after the step, in bytes; missing if it is not known, or known exactly. */
  estimatedBytes?: number;
  /** What is missing to perform it: an option, or another browser. */
  needs?: Need;
}

/** A file before or after a step. */
export interface FileState {
  /** The display name of the format, for example `'JPEG'`. */
  format: string;
  /** The MIME type. */
  mime: string;
  /** Size in bytes; missing if only the step shows it. */
  bytes?: number;
  /** Width in pixels as displayed. */
  width?: number;
  /** Height in pixels as displayed. */
  height?: number;
  /** Duration in seconds. */
  duration?: number;
}

/** What was done to a file. */
export interface FixReport {
  /** The steps, with the sizes that they resulted in. */
  steps: FixStep[];
  /** How long it took, in milliseconds. */
  millis: number;
}

/** The result of `fix`. */
export interface Fixed {
  /** The file that the provider accepts. It is the source itself if there was nothing to do. */
  file: File;
  /** What was done. */
  report: FixReport;
}

/**
 * Decodes an image that the browser cannot decode. The result may also be an image that it can decode, for example a PNG. It must be
 * upright: turned by the file's orientation. If its width and height are swapped, it is turned; in another shape, it is rejected.
 */
export type DecodeImage = (
  file: Blob,
  context: { signal: AbortSignal },
) => ImageBitmap | ImageData | Blob | Promise<ImageBitmap | ImageData | Blob>;

/** What a fix may do, and with what. */
export interface FixSettings {
  /**
   * The kinds of steps that are allowed.
   * @default all except 'pad', 'crop' and 'upscale'
   */
  allow?: StepKind[];
  /**
   * The quality of JPEG and WebP that is tried first, above 0 and up to 1. It is reduced, down to 0.5, to meet a limit in
   * bytes.
   * @default 0.92
   */
  quality?: number;
  /**
   * The colour of borders, and of transparent pixels in JPEG: a CSS colour.
   * @default 'white'
   */
  background?: string;
  /**
   * Whether the index of an MP4 or QuickTime file is moved to the front in any case.
   * @default false
   */
  faststart?: boolean;
  /**
   * Loads mediabunny, which trims, transcodes and resizes video and audio: `() => import('mediabunny')`.
   * @default none: such steps then have `needs: 'videoTools'`
   */
  videoTools?: () => Promise<unknown>;
  /**
   * Decodes HEIC where the browser does not.
   * @default none: such a step then has `needs: 'decodeHeic'`
   */
  decodeHeic?: DecodeImage;
  /**
   * Decodes TIFF where the browser does not.
   * @default none: such a step then has `needs: 'decodeTiff'`
   */
  decodeTiff?: DecodeImage;
  /**
   * How long a fix may take, in milliseconds, without the time for `confirm` and for other files before it.
   * @default 60000
   */
  timeout?: number;
  /**
   * Called with the plan before anything happens, for example to ask the user. If it returns `false`, the file is rejected
   * with its violations. It is not called for a file that needs no fix, or that cannot be fixed.
   * @default every plan is carried out
   */
  confirm?: (plan: Plan, source: Blob, context: { signal: AbortSignal }) => boolean | Promise<boolean>;
}
