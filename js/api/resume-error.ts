// The error of `resume()`.

import type { ResumeCode } from './resume-types.js';

const MESSAGES: Record<ResumeCode, string> = {
  not_found: 'There is no such interrupted upload. It may have expired.',
  in_use: 'Another tab is uploading this file.',
  file_required: 'The browser does not have the file. Pass it to resume().',
  permission_denied: 'The file may not be read. Pass it to resume().',
};

/** An interrupted upload cannot be resumed. Nothing has been sent. */
export class ResumeError extends Error {
  /** `'ResumeError'`. */
  override readonly name = 'ResumeError';

  /** The kind of error. It is stable, so you can switch on it. */
  readonly code: ResumeCode;

  /** Creates an error; `cause` is the browser's own error. */
  constructor(code: ResumeCode, cause?: unknown) {
    super(MESSAGES[code], { cause });
    this.code = code;
  }
}
