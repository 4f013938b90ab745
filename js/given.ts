// What a callback gave, looked at and put as the core reads it: it takes our word for every field.

import { pairs } from './pass.js';

type Fields = Record<string, unknown>;

/** What a callback gave has a field that is missing or makes no sense. */
export class Malformed {
  constructor(readonly field: string) {}
}

/** A ticket with its headers and fields as lists, for the core knows no names in advance. */
export function ticketForCore(given: unknown, question: string): Fields {
  const ticket = object(given, question);
  if (question === 'form') word(ticket, 'field');
  if (ticket.url === undefined) throw new Malformed('url');
  address(ticket, 'url');
  const fields = Object.entries(ticket.fields ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  return { ...ticket, ...time(ticket), headers: pairs(ticket.headers as HeadersInit), fields };
}

/** An asset, or that it is pending or failed. */
export function submissionForCore(given: unknown, question: string): Fields {
  const submission = object(given, question);
  for (const name of ['pending', 'failed', 'id', 'ref', 'uri']) word(submission, name);
  address(submission, 'url');
  const { pending, failed, ref, uri, url } = submission;
  if ((pending ?? failed ?? ref ?? uri ?? url) === undefined) throw new Malformed('url');
  return { ...submission, ...time(submission) };
}

/** The object, without what is null or undefined: both are as good as nothing. */
function object(given: unknown, question: string): Fields {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Malformed(question);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}

/** Throws unless a field that is there is a text with something in it. */
function word(fields: Fields, name: string): void {
  if (name in fields && !(typeof fields[name] === 'string' && fields[name])) throw new Malformed(name);
}

function address(fields: Fields, name: string): void {
  const given = fields[name];
  if (given === undefined) return;
  const isWeb = typeof given === 'string' && /^https?:\/\/[^\s]+$/i.test(given);
  if (!isWeb) throw new Malformed(name);
}

/** The end of it in milliseconds since 1970, where it has one. */
function time({ expiresAt }: Fields): Fields {
  if (expiresAt === undefined) return {};
  const millis =
    typeof expiresAt === 'number' ? expiresAt : Date.parse(String((expiresAt as Date).toJSON?.() ?? expiresAt));
  if (!(millis >= 0)) throw new Malformed('expiresAt');
  return { expiresAt: Math.floor(millis) };
}
