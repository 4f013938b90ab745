// Calls the callbacks of a backend that signs parts. To the core, they are requests and responses like the gateway's.

import { isResponse } from '../api/realm.js';
import type {
  BackendContext,
  BackendFile,
  CallbackResult,
  CompletedUpload,
  ListedPart,
  MultipartUpload,
  PartsBackend,
  SignedPart,
} from './define.js';
import {
  listingForCore,
  type MultipartToken,
  multipartUploadForCore,
  signedPartsForCore,
  submissionForCore,
} from './validate-result.js';

/** The data of a query about parts. */
type PartsQuery = BackendFile & { token: string; parts: { number: number; sha256: string }[]; digests: string[] };

/** Calls the callback for a query of the core, and converts its result; `undefined` if the query is about something else. */
export function partsCallback(
  backend: PartsBackend,
  what: string,
  { token, parts, digests, ...file }: PartsQuery,
  context: BackendContext,
  resolve: <T>(result: CallbackResult<T>) => Promise<T>,
): Promise<object> | undefined {
  const { uploadId, partSize, bytes } = JSON.parse(token ?? '{}') as MultipartToken;
  const sized = (part: { number: number; sha256: string }) => ({
    ...part,
    bytes: Math.min(partSize, bytes - (part.number - 1) * partSize),
  });
  const calls: Record<string, () => Promise<object>> = {
    createParts: async () =>
      multipartUploadForCore(await resolve<MultipartUpload>(backend.create(file, context)), file.bytes),
    signParts: async () =>
      signedPartsForCore(
        await resolve<readonly SignedPart[]>(backend.sign({ uploadId, parts: parts.map(sized) }, context)),
      ),
    listParts: async () => {
      if (!backend.list) return { status: 'unknown' };
      return listingForCore(
        await resolve<readonly ListedPart[] | CompletedUpload>(backend.list({ uploadId }, context)),
      );
    },
    completeParts: async () => {
      const all = digests.map((sha256, index) => sized({ number: index + 1, sha256 }));
      return submissionForCore(await resolve(backend.complete({ uploadId, parts: all, file }, context)), 'complete');
    },
    abortParts: async () => {
      const result = await backend.abort?.({ uploadId }, context);
      // Its body, if it has one, says nothing.
      if (isResponse(result) && !result.ok) throw result;
      return {};
    },
  };
  return calls[what]?.();
}
