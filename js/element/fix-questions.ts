// Asks the user whether a file is to be fixed. The script that shows the question is loaded with the first one.

import type { FixSettings, Source } from '../api/types.js';
import type { ElementLabels } from './labels.js';

/** The parts of the element that the questions need. */
interface QuestionContext {
  labels: () => ElementLabels;
  announce: (subject: unknown, text: string) => void;
}

/** A question that waits for its answer. */
interface Question {
  source: Source;
  show: (labels: ElementLabels) => HTMLElement;
}

export class FixQuestions {
  /** In order. A file may have been added twice. */
  readonly #questions = new Set<Question>();
  readonly #context: QuestionContext;
  readonly #onChange: () => void;

  /** `onChange` is called when a question was added or answered. */
  constructor(context: QuestionContext, onChange: () => void) {
    this.#context = context;
    this.#onChange = onChange;
  }

  /** The first question about a source as an element; `undefined` if there is none. */
  about(source: Source): HTMLElement | undefined {
    for (const question of this.#questions)
      if (question.source === source) return question.show(this.#context.labels());
    return undefined;
  }

  readonly confirm: NonNullable<FixSettings['confirm']> = async (plan, source, { signal }) => {
    const { questionText, showQuestion } = await import('./fix-question.js');
    signal.throwIfAborted();
    let question: Question | undefined;
    const answer = new Promise<boolean>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      question = { source, show: (labels) => showQuestion(plan, labels, resolve) };
    });
    this.#questions.add(question as Question);
    this.#context.announce(source, questionText(plan, this.#context.labels()));
    this.#onChange();
    try {
      return await answer;
    } finally {
      this.#questions.delete(question as Question);
      this.#onChange();
    }
  };
}
