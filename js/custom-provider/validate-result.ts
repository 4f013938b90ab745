// Validates the result of a custom provider's callback and converts it for the core. The core validates URLs itself.

import { isDate, isUrl } from '../api/realm.js';
import { headerPairs } from '../runtime/gateway-auth.js';

type Fields = Record<string, unknown>;

/** The result of a callback has a field that is missing or invalid. */
export class MalformedResult {
  constructor(readonly field: string) {}
}

/** A ticket, with its headers and fields as lists because their names are not known in advance. */
export function ticketForCore(result: unknown, callback: string): Fields {
  const ticket = definedFields(result, callback);
  if (ticket.url === undefined) throw new MalformedResult('url');
  return {
    ...textFields(ticket, ['url']),
    ...(callback === 'form' && textFields({ field: '', ...ticket }, ['field'])),
    ...expiry(ticket),
    headers: headerPairs(ticket.headers as HeadersInit),
    fields: Object.entries(ticket.fields ?? {}).map(([name, value]) => ({ name, value: String(value) })),
  };
}

/** An asset, or the state of a pending or failed one. */
export function submissionForCore(result: unknown, callback: string): Fields {
  const submission = definedFields(result, callback);
  const { pending, failed, ref, uri, url } = submission;
  if ((pending ?? failed ?? ref ?? uri ?? url) === undefined) throw new MalformedResult('url');
  return {
    // All other fields become part of the asset's `raw`.
    ...(jsonSafe(submission) as Fields),
    ...textFields(submission, ['pending', 'failed', 'id', 'ref', 'uri', 'url', 'sha256', 'contentType']),
    ...wholeNumber('bytes', submission.bytes),
    ...expiry(submission),
  };
}

/** What identifies a multipart upload to the core, as JSON: also what the callbacks need later. */
export interface MultipartToken {
  uploadId: string;
  partSize: number;
  /** The size of the file. */
  bytes: number;
}

const MIB = 1 << 20;

/** A multipart upload of a file of this size, which was created. */
export function multipartUploadForCore(result: unknown, bytes: number): Fields {
  const { uploadId, partSize, ...upload } = definedFields(result, 'create');
  if (uploadId === undefined) throw new MalformedResult('uploadId');
  const usual = Math.max(8, Math.ceil(bytes / 9_000 / MIB)) * MIB;
  const part_size = wholeNumber('partSize', partSize ?? usual).partSize;
  const token = { ...textFields({ uploadId }, ['uploadId']), partSize: part_size, bytes };
  return { token: JSON.stringify(token), part_size, ...expiryText(upload) };
}

/** The signed PUTs of parts. */
export function signedPartsForCore(result: unknown): Fields {
  return {
    parts: list(result, 'sign').map((item) => {
      const { number, ...put } = definedFields(item, 'sign');
      const { url, headers } = ticketForCore(put, 'sign');
      return { ...wholeNumber('number', number), put_url: url, headers, ...expiryText(put) };
    }),
  };
}

/** The parts that storage has. */
export function listingForCore(result: unknown): Fields {
  if (!Array.isArray(result) && definedFields(result, 'list').completed) return { status: 'completed' };
  const parts = list(result, 'list').map((item) => {
    const { number, bytes, ...part } = definedFields(item, 'list');
    return {
      ...wholeNumber('number', number),
      ...wholeNumber('bytes', bytes, 'size_bytes'),
      ...textFields(part, ['sha256']),
    };
  });
  return { status: 'open', parts };
}

function list(result: unknown, callback: string): unknown[] {
  if (!Array.isArray(result)) throw new MalformedResult(callback);
  return result;
}

/** The time of expiry as the gateway sends it. */
function expiryText(fields: Fields): Fields {
  const { expiresAt } = expiry(fields);
  return expiresAt === undefined ? {} : { expires_at: new Date(expiresAt as number).toISOString() };
}

/** The fields of an object, without those that are null or undefined. */
function definedFields(result: unknown, callback: string): Fields {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) throw new MalformedResult(callback);
  return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== null && value !== undefined));
}

/** The fields with these names that are present. Each must be a string that is not empty, or convertible to one. */
function textFields(fields: Fields, names: string[]): Fields {
  const present = names.filter((name) => name in fields);
  return Object.fromEntries(
    present.map((name) => {
      const value = fields[name];
      const text = typeof value === 'string' ? value : isIdLike(value) ? String(value) : '';
      if (!text) throw new MalformedResult(name);
      return [name, text];
    }),
  );
}

/** Whether the value is a number, a BigInt or a `URL` object. */
function isIdLike(value: unknown): boolean {
  return Number.isFinite(value) || typeof value === 'bigint' || isUrl(value);
}

/** A number, which many backends return as a string, under the core's name for it. */
function wholeNumber(name: string, value: unknown, coreName = name): Fields {
  if (value === undefined) return {};
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (!(Number.isSafeInteger(number) && number >= 0)) throw new MalformedResult(name);
  return { [coreName]: number };
}

/** The latest time of a `Date`. */
const MAX_DATE_MILLIS = 8.64e15;

/** The time of expiry in milliseconds since 1970, if there is one. */
function expiry({ expiresAt }: Fields): Fields {
  if (expiresAt === undefined) return {};
  const millis = typeof expiresAt === 'number' || isDate(expiresAt) ? Number(expiresAt) : Date.parse(String(expiresAt));
  if (!(millis >= 0 && millis <= MAX_DATE_MILLIS)) throw new MalformedResult('expiresAt');
  return { expiresAt: Math.floor(millis) };
}

/** A copy that JSON can represent: without cycles, functions and getters that throw, and with BigInts as strings. */
function jsonSafe(value: unknown, above: unknown[] = []): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || isDate(value)) return value;
  if (above.includes(value) || above.length > 32) return undefined;
  const within = [...above, value];
  if (Array.isArray(value)) return value.map((item) => jsonSafe(item, within));
  const fields = Object.keys(value).map((name) => {
    try {
      return [name, jsonSafe((value as Fields)[name], within)];
    } catch {
      return [name, undefined];
    }
  });
  return Object.fromEntries(fields);
}
