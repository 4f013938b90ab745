// Asks whether to fix a file: "Convert to JPEG and shrink to 2048 × 1536?", with two buttons.

import type { FixStep, Plan } from '../api/types.js';
import { completeFix } from './complete-labels.js';
import { createElement } from './create-element.js';
import type { ElementLabels, FixLabels } from './labels.js';
import { bytes, span } from './units.js';

/** Returns the question as text. */
export function questionText(plan: Plan, labels: ElementLabels): string {
  const { language } = labels;
  const fix = completeFix(labels.fix);
  const phrases = [...new Set(plan.steps.map((step) => phraseFor(step, fix, language)))];
  const question = fix.ask(new Intl.ListFormat(language, { type: 'conjunction' }).format(phrases));
  const sentences = [question.replace(/\p{L}/u, (letter) => letter.toLocaleUpperCase(language))];
  if (plan.steps.some(({ loses }) => loses?.includes('animation'))) sentences.push(fix.firstFrame);
  return sentences.join(' ');
}

/** Returns the question about the file with this name, with its buttons. `answer` is called with the user's choice. */
export function showQuestion(
  plan: Plan,
  name: string,
  labels: ElementLabels,
  answer: (isAccepted: boolean) => void,
): HTMLElement {
  const { accept, decline } = completeFix(labels.fix);
  const button = (part: string, text: string, isAccepted: boolean) => {
    const ariaLabel = labels.action(text, name);
    const onclick = () => answer(isAccepted);
    return createElement('button', { part: `button ${part}`, type: 'button', ariaLabel, onclick }, text);
  };
  return createElement(
    'div',
    { part: 'question' },
    createElement('p', { dir: 'auto' }, questionText(plan, labels)),
    createElement('div', { className: 'answers' }, button('fix', accept, true), button('decline', decline, false)),
  );
}

function phraseFor({ kind, to, loses, estimatedBytes }: FixStep, fix: FixLabels, language: string): string {
  const { format, width = 0, height = 0, duration = 0 } = to;
  const size = `${width.toLocaleString(language)} × ${height.toLocaleString(language)}`;
  switch (kind) {
    case 'strip-metadata':
      return loses?.includes('location') ? fix.location : fix.metadata;
    case 'remux':
    case 'convert':
    case 'transcode':
      return fix[kind](format);
    case 'downscale':
    case 'upscale':
      return fix[kind](size);
    case 'compress':
      return fix.compress(bytes(estimatedBytes ?? to.bytes ?? 0, language));
    case 'trim':
      return fix.trim(span(duration, language));
    default:
      return fix[kind];
  }
}
