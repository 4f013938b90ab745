// Asks the user whether a file is to be fixed. The script that shows the question is loaded with the first one.

import type { FixSettings, Source } from '../api/types.js';
import { nameOf } from '../queue/upload-store.js';
import type { ElementLabels } from './labels.js';

/** The parts of the element that the questions need. */
interface QuestionContext {
  labels: () => ElementLabels;
  announce: (subject: unknown, text: string) => void;
}

/** A question that waits for its answer. */
export interface Question {
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

  /** The first question about a source; `undefined` if there is none. */
  about(source: Source): Question | undefined {
    for (const question of this.#questions) if (question.source === source) return question;
    return undefined;
  }

  readonly confirm: NonNullable<FixSettings['confirm']> = async (plan, source, { signal }) => {
    // What `privacy` asks for was decided by the page.
    if (plan.steps.every(({ reason }) => reason === 'privacy')) return true;
    const { questionText, showQuestion } = await import('./fix-question.js');
    signal.throwIfAborted();
    const nameIn = ({ unnamed }: ElementLabels) => nameOf(source) || unnamed;
    let question: Question | undefined;
    const answer = new Promise<boolean>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      question = { source, show: (labels) => showQuestion(plan, nameIn(labels), labels, resolve) };
    });
    this.#questions.add(question as Question);
    const labels = this.#context.labels();
    this.#context.announce(source, `${nameIn(labels)}: ${questionText(plan, labels)}`);
    this.#onChange();
    try {
      return await answer;
    } finally {
      this.#questions.delete(question as Question);
      this.#onChange();
    }
  };
}
