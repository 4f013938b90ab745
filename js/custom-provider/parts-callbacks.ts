// Calls the callbacks of a backend that signs parts, with the names and fields of the gateway's requests.

import type {
  BackendContext,
  BackendFile,
  CallbackResult,
  HashedPart,
  ListedPart,
  MultipartUpload,
  PartsBackend,
  SignedPart,
} from './define.js';
import { listingForCore, multipartUploadForCore, signedPartsForCore, submissionForCore } from './validate-result.js';

/** The data of a query about parts. */
type PartsQuery = BackendFile & { token: string; parts: HashedPart[] };

/** Calls the callback for a query of the core, and converts its result; `undefined` if the query is about something else. */
export function partsCallback(
  { create, sign, list, complete, abort }: PartsBackend,
  what: string,
  { token: uploadId, parts, ...file }: PartsQuery,
  context: BackendContext,
  resolve: <T>(result: CallbackResult<T>) => Promise<T>,
): Promise<object> | undefined {
  const calls: Record<string, () => Promise<object>> = {
    createParts: async () => multipartUploadForCore(await resolve<MultipartUpload>(create(file, context))),
    signParts: async () => signedPartsForCore(await resolve<readonly SignedPart[]>(sign({ uploadId, parts }, context))),
    listParts: async () =>
      list
        ? listingForCore(await resolve<readonly ListedPart[] | { completed: true }>(list({ uploadId }, context)))
        : { status: 'unknown' },
    completeParts: async () =>
      submissionForCore(await resolve(complete({ uploadId, parts, file }, context)), 'complete'),
    abortParts: async () => {
      await abort?.({ uploadId }, context);
      return {};
    },
  };
  return calls[what]?.();
}
