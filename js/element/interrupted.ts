// The list of interrupted uploads: loaded on demand, for elements with the attribute `resume`.

import { report } from '../api/report.js';
import type { ResumableUpload } from '../api/types.js';
import type { Uploader } from '../queue/uploader.js';
import { createElement } from './create-element.js';
import { fileName } from './file-name.js';
import { FILE, icon } from './icons.js';
import type { ElementLabels } from './labels.js';
import { bytes } from './units.js';

export { default as CSS } from './interrupted.css';

/** The parts of the element that the list needs. */
export interface InterruptedContext {
  labels: () => ElementLabels;
  isDisabled: () => boolean;
  announce: (subject: unknown, text: string) => void;
  focusElsewhere: () => void;
}

/** The list of interrupted uploads, each with a button to resume and one to discard it. */
export class Interrupted {
  readonly element = createElement('ul', { part: 'interrupted', hidden: true });
  /** The picker, for files that the browser can no longer access. */
  readonly #input = createElement('input', { type: 'file', hidden: true, tabIndex: -1 });
  readonly #uploader: Uploader;
  readonly #context: InterruptedContext;
  #uploads: ResumableUpload[] = [];
  /** Why an upload was not resumed. */
  readonly #problems = new Map<string, string>();
  #onPick: (file: File) => void = () => {};

  constructor(uploader: Uploader, context: InterruptedContext) {
    this.#uploader = uploader;
    this.#context = context;
    this.#input.addEventListener('change', () => {
      const [file] = this.#input.files ?? [];
      this.#input.value = '';
      if (file) this.#onPick(file);
    });
  }

  /** Reads the list again. */
  async refresh(): Promise<void> {
    try {
      this.#uploads = await this.#uploader.resumable();
    } catch (error) {
      // Without IndexedDB, as in some private windows, there is nothing to resume.
      this.#uploads = [];
      if (!(error instanceof DOMException)) report(error);
    }
    this.show();
  }

  /** Shows the list in the current labels. */
  show(): void {
    const labels = this.#context.labels();
    this.element.ariaLabel = labels.interrupted;
    this.element.hidden = this.#uploads.length === 0 || this.#context.isDisabled();
    const hadFocus = this.element.matches(':focus-within');
    this.element.replaceChildren(...this.#uploads.map((upload) => this.#row(upload, labels)), this.#input);
    if (hadFocus) this.#focus();
  }

  #row(upload: ResumableUpload, labels: ElementLabels): HTMLLIElement {
    const { id, name, size, storedBytes, type } = upload;
    const { language } = labels;
    const title = name ?? [type, bytes(size, language)].filter(Boolean).join(', ');
    const percent = new Intl.NumberFormat(language, { style: 'percent' }).format(storedBytes / size);
    const problem = this.#problems.get(id) ?? '';
    const button = (verb: string, act: () => unknown) =>
      createElement(
        'button',
        { part: 'button', type: 'button', ariaLabel: labels.action(verb, title), onclick: () => void act() },
        verb,
      );
    return createElement(
      'li',
      { part: 'interrupted-item' },
      icon(FILE),
      createElement(
        'div',
        { className: 'text' },
        createElement('p', { part: 'name', title }, fileName(title)),
        createElement('p', { part: 'status', dir: 'auto' }, labels.uploaded(percent)),
        ...(problem ? [createElement('p', { part: 'error', dir: 'auto' }, problem)] : []),
      ),
      createElement(
        'div',
        { part: 'actions' },
        button(labels.resume, () => this.#resume(upload)),
        button(labels.discard, () => this.#discard(id)),
      ),
    );
  }

  /** Must be called in the handler of a click, because the browser may ask for permission or open the picker. */
  async #resume(upload: ResumableUpload, file?: File): Promise<void> {
    if (!file && !upload.hasFile) return this.#pick(upload);
    try {
      await this.#uploader.resume(upload.id, file);
      this.#problems.delete(upload.id);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'permission_denied' || code === 'file_required') return this.#pick(upload);
      const text = code === 'in_use' ? this.#context.labels().inUse : String((error as Error).message);
      this.#problems.set(upload.id, text);
      this.#context.announce(upload.id, text);
    }
    await this.refresh();
  }

  #pick(upload: ResumableUpload): void {
    this.#onPick = (file) => void this.#resume(upload, file);
    this.#input.click();
  }

  async #discard(id: string): Promise<void> {
    await this.#uploader.forget(id).catch(report);
    await this.refresh();
  }

  #focus(): void {
    const next = this.element.querySelector('button');
    if (next && !this.element.hidden) next.focus();
    else this.#context.focusElsewhere();
  }
}
