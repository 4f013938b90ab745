// What a callback of the page's own provider returned, checked and put as the core reads it. The core checks URLs itself.

import { pairs } from './pass.js';
import { isDate } from './realm.js';

type Fields = Record<string, unknown>;

/** What a callback returned has a field that is missing or makes no sense. */
export class Malformed {
  constructor(readonly field: string) {}
}

/** A ticket with its headers and fields as lists, for the core knows no names in advance. */
export function ticketForCore(given: unknown, question: string): Fields {
  const ticket = object(given, question);
  if (ticket.url === undefined) throw new Malformed('url');
  return {
    ...words(ticket, ['url']),
    ...(question === 'form' && words({ field: '', ...ticket }, ['field'])),
    ...time(ticket),
    headers: pairs(ticket.headers as HeadersInit),
    fields: Object.entries(ticket.fields ?? {}).map(([name, value]) => ({ name, value: String(value) })),
  };
}

/** An asset, or that it is pending or failed. */
export function submissionForCore(given: unknown, question: string): Fields {
  const submission = object(given, question);
  const { pending, failed, ref, uri, url } = submission;
  if ((pending ?? failed ?? ref ?? uri ?? url) === undefined) throw new Malformed('url');
  return {
    // What it says beside is passed on as it is.
    ...(plain(submission) as Fields),
    ...words(submission, ['pending', 'failed', 'id', 'ref', 'uri', 'url', 'sha256', 'contentType']),
    ...bytes(submission),
    ...time(submission),
  };
}

/** The object, without what is null or undefined: both are as good as nothing. */
function object(given: unknown, question: string): Fields {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Malformed(question);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

/** Those of these fields that are there: texts with something in them, or what stands for one. */
function words(fields: Fields, names: string[]): Fields {
  const there = names.filter((name) => name in fields);
  return Object.fromEntries(
    there.map((name) => {
      const value = fields[name];
      const text = typeof value === 'string' ? value : isIdLike(value) ? String(value) : '';
      if (!text) throw new Malformed(name);
      return [name, text];
    }),
  );
}

/** A number, a BigInt, or a `URL` object. */
function isIdLike(value: unknown): boolean {
  return (
    Number.isFinite(value) || typeof value === 'bigint' || Object.prototype.toString.call(value) === '[object URL]'
  );
}

/** The number of bytes, which many backends write as a text. */
function bytes({ bytes }: Fields): Fields {
  if (bytes === undefined) return {};
  const number = typeof bytes === 'string' && bytes.trim() === '' ? Number.NaN : Number(bytes);
  if (!(Number.isSafeInteger(number) && number >= 0)) throw new Malformed('bytes');
  return { bytes: number };
}

/** The end of it in milliseconds since 1970, if it has one. */
function time({ expiresAt }: Fields): Fields {
  if (expiresAt === undefined) return {};
  const millis = typeof expiresAt === 'number' || isDate(expiresAt) ? Number(expiresAt) : Date.parse(String(expiresAt));
  if (!(millis >= 0)) throw new Malformed('expiresAt');
  return { expiresAt: Math.floor(millis) };
}

/** A copy that JSON can write: without circles, functions and getters that throw, and with BigInts as texts. */
function plain(value: unknown, above: unknown[] = []): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || isDate(value)) return value;
  if (above.includes(value) || above.length > 32) return undefined;
  const within = [...above, value];
  if (Array.isArray(value)) return value.map((item) => plain(item, within));
  const fields = Object.keys(value).map((name) => {
    try {
      return [name, plain((value as Fields)[name], within)];
    } catch {
      return [name, undefined];
    }
  });
  return Object.fromEntries(fields);
}
