// Makes the messages and labels of a language from its texts. A file of its own in the package, which the languages share.

import type { Locale, MessageContext } from '../api/message-types.js';
import type { Violation } from '../api/violation.js';
import type { DetailLabels, FixLabels, Labels } from '../element/labels.js';
import { type Amount, format, formatsIn } from './format.js';
import type { Texts } from './texts.js';
import type { Translation } from './translation.js';

const UNIT_LETTERS = 'GMkKiB';
const DIGITS = 3;

/** Keeps a text together in a sentence of the other direction: FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE. */
const isolate = (text: string) => `\u2068${text}\u2069`;

/** The same keys with other values. */
const convert = <Value>(texts: Record<string, string>, make: (text: string) => Value) =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, make(text)]));

/** Returns the messages and labels. */
export function translate({
  language,
  isRightToLeft,
  files,
  inUnit = '{0}\u00a0{1}',
  units = UNIT_LETTERS,
  pixel = 'px',
  http = ' (HTTP {status})',
  details = ': {providerMessage}',
  errors,
  bounds,
  rules,
  outcomeUnknown,
  labels,
}: Texts): Translation {
  const join = (value: string, unit: string) => inUnit.replace('{0}', value).replace('{1}', unit);
  const localUnit = (unit: string) => unit.replace(/./g, (letter) => units[UNIT_LETTERS.indexOf(letter)] ?? letter);
  const { number, spelled, differing, sizes, size, list, duration } = format(
    language,
    (value, unit) => join(value, localUnit(unit)),
    'conjunction',
  );
  const categories = new Intl.PluralRules(language);
  const filesIn = (count: number) => (files[categories.select(count)] ?? files.other).replace('#', number(count));

  const text = (value: unknown) => (isRightToLeft ? isolate(`${value ?? ''}`) : `${value ?? ''}`);
  const show = (value: unknown) => (typeof value === 'number' ? number(value) : text(value));
  /** Replaces the placeholders. Those in a value are left alone. */
  const fill = (template: string, values: object) =>
    template.replace(/\{(\w+)\}/g, (_, name) => show(values[name as never]));
  /** Replaces `{files}` first, and the placeholders in it later. */
  const fillWithFiles = (template: string, count: unknown, values: object) =>
    fill(
      template.replace('{files}', () => filesIn(Number(count))),
      values,
    );

  const error = (template: string) =>
    template.includes('{')
      ? (context: MessageContext) => {
          const { status, providerMessage, limit, afterMillis = 0 } = context;
          const whole = template
            .replace('{http}', status ? http : '')
            .replace('{details}', providerMessage ? details : '');
          return fillWithFiles(whole, limit, { ...context, time: duration(afterMillis) });
        }
      : template;
  /** The sentences about violations say more. */
  const unlessViolated =
    (template: string) =>
    ({ violations }: MessageContext) =>
      violations?.length ? '' : template;

  const rule = (template: string) => (violation: Violation) => {
    const { actual, limit } = violation;
    const shown = Array.isArray(limit) ? list(limit.map(text)) : limit;
    return fillWithFiles(template, limit, { actual, limit: shown, size: size(limit) });
  };
  const sentence =
    (template: string, subject: string, values: (violation: Violation) => string[]) => (violation: Violation) => {
      const [actual, limit] = values(violation);
      return fill(template.replace('{subject}', subject), { actual, limit });
    };
  const { above, below } = bounds;
  const both = (show: (value: Amount) => string) => (violation: Violation) =>
    [violation.actual, violation.limit].map(show);
  const ratios = (violation: Violation) => differing(violation, (value, digits) => `${number(value, digits)}:1`);
  const durations = (violation: Violation) =>
    differing(violation, (value, digits = DIGITS) => spelled(value, 'second', digits));
  const side = (subject: string) =>
    sentence(
      below,
      subject,
      both((value) => join(number(value), pixel)),
    );
  const many = (subject: string) =>
    sentence(
      above,
      subject,
      both((value) => number(value)),
    );
  const tooLarge = sentence(above, bounds.size, sizes);
  const tooShort = sentence(below, bounds.size, sizes);
  const tooSmall = (violation: Violation) => (violation.actual === 0 ? bounds.empty : tooShort(violation));
  const typeOf = rule(bounds.unsupported);
  const supported = rule(bounds.supported);
  const wrongType = (violation: Violation) =>
    (violation.actual === null ? errors.unrecognised_file : typeOf(violation)) +
    (violation.limit ? supported(violation) : '');
  const { file, ...others } = rules;
  const source = rule(rules.source);

  const {
    invitation,
    browse,
    total,
    totalFailed,
    stages,
    statuses,
    details: detailLabels,
    fix: fixLabels,
    ...single
  } = labels;
  const label = (template: string) =>
    template.includes('{') ? (...values: unknown[]) => fillWithFiles(template, values[0], values) : template;
  const byNumber = (texts: string | [string, string]) => (isMultiple: boolean) =>
    typeof texts === 'string' ? texts : texts[isMultiple ? 1 : 0];

  return {
    messages: {
      errors: {
        ...(convert(errors, error) as unknown as Locale['errors']),
        rejected: unlessViolated(errors.rejected),
        unrecognised_file: unlessViolated(errors.unrecognised_file),
      },
      rules: {
        ...(convert(others, rule) as unknown as Locale['rules']),
        format: wrongType,
        allowedFileTypes: (violation) => wrongType({ ...violation, limit: formatsIn(violation.limit) }),
        min_bytes: tooSmall,
        max_bytes: tooLarge,
        minFileSize: tooSmall,
        maxFileSize: tooLarge,
        maxTotalFileSize: sentence(above, bounds.total, sizes),
        min_width: side(bounds.width),
        min_height: side(bounds.height),
        max_aspect_ratio: sentence(above, bounds.ratio, ratios),
        min_duration: sentence(below, bounds.duration, durations),
        max_duration: sentence(above, bounds.duration, durations),
        max_images: many(bounds.images),
        max_videos: many(bounds.videos),
        max_audio: many(bounds.audio),
        source: (violation) => (violation.actual === 'URL' ? file : source(violation)),
      },
      outcomeUnknown,
    },
    labels: {
      ...(convert({ action: '{0}: {1}', count: single.sent, ...single }, label) as unknown as Labels),
      language,
      invitation: byNumber(invitation),
      browse: byNumber(browse),
      total: ({ files: all, succeeded, failed }) =>
        fill(failed > 0 ? total + totalFailed : total, { all, succeeded, failed }),
      stages,
      statuses,
      details: convert({ ...detailLabels, checksum: 'SHA-256' }, label) as unknown as DetailLabels,
      fix: convert(fixLabels, label) as unknown as FixLabels,
    },
  };
}
