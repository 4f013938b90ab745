// Asks the user whether a file is to be fixed. The script that shows the question is loaded with the first one.

import type { FixSettings, Source } from '../api/types.js';
import type { ElementLabels } from './labels.js';

/** The parts of the element that the questions need. */
interface QuestionContext {
  labels: () => ElementLabels;
  announce: (subject: unknown, text: string) => void;
}

/** Shows a question that waits for its answer. */
type Question = (labels: ElementLabels) => HTMLElement;

export class FixQuestions {
  readonly #questions = new Map<Source, Question>();
  readonly #context: QuestionContext;
  readonly #onChange: () => void;

  /** `onChange` is called when a question was added or answered. */
  constructor(context: QuestionContext, onChange: () => void) {
    this.#context = context;
    this.#onChange = onChange;
  }

  /** The question about a source as an element; `undefined` if there is none. */
  about(source: Source): HTMLElement | undefined {
    return this.#questions.get(source)?.(this.#context.labels());
  }

  readonly confirm: NonNullable<FixSettings['confirm']> = async (plan, source, { signal }) => {
    const { questionText, showQuestion } = await import('./fix-question.js');
    try {
      return await new Promise<boolean>((resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason));
        this.#questions.set(source, (labels) => showQuestion(plan, labels, resolve));
        this.#context.announce(source, questionText(plan, this.#context.labels()));
        this.#onChange();
      });
    } finally {
      this.#questions.delete(source);
      this.#onChange();
    }
  };
}
