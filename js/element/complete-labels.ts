// Completes the page's own labels with the English ones.

import { report } from '../api/report.js';
import { detailsEn, fixEn, labelsEn } from '../locale/labels-en.js';
import type { DetailLabels, ElementLabels, FixLabels } from './labels.js';

/**
 * Returns the page's labels, with English ones for those that are missing. A string is allowed instead of a function and vice
 * versa. A label that throws or is no string is reported once and replaced by the English one.
 */
export function completeLabels(own: Partial<ElementLabels> = {}): ElementLabels {
  const labels = complete(labelsEn, own, 'labels') as ElementLabels;
  if (own.details) labels.details = own.details;
  if (own.fix) labels.fix = own.fix;
  try {
    new Intl.NumberFormat(labels.language);
  } catch (error) {
    report(error);
    labels.language = labelsEn.language;
  }
  return labels;
}

/** The same for the labels of the optional parts. */
export function completeDetails(own: Partial<DetailLabels> = {}): DetailLabels {
  return complete(detailsEn, Object(own), 'labels.details') as DetailLabels;
}

/** The same for the labels of fixes. */
export function completeFix(own: Partial<FixLabels> = {}): FixLabels {
  return complete(fixEn, Object(own), 'labels.fix') as FixLabels;
}

type Label = string | ((...args: unknown[]) => unknown);

function complete(english: object, own: object, path: string): object {
  const entries = Object.entries(english).map(([key, standard]: [string, Label | object]) => {
    const label = own[key as never] ?? standard;
    const name = `${path}.${key}`;
    if (typeof standard === 'object') return [key, complete(standard, Object(label) as object, name)];
    const textOf = (label: Label, args: unknown[]) => (typeof label === 'function' ? label(...args) : label);
    let isReported = false;
    const safe = (...args: unknown[]) => {
      try {
        const text = textOf(label, args);
        if (typeof text === 'string') return text;
        throw new TypeError(`${name} is not a string`);
      } catch (error) {
        if (!isReported) report(error);
        isReported = true;
        return textOf(standard, args);
      }
    };
    return [key, typeof standard === 'function' ? safe : safe()];
  });
  return Object.fromEntries(entries);
}
