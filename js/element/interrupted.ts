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

/** How long after an event the list is read: the upload has been released by then. */
const REFRESH_MILLIS = 250;

/** The parts of the element that the list needs. */
export interface InterruptedContext {
  labels: () => ElementLabels;
  isDisabled: () => boolean;
  announce: (subject: unknown, text: string) => void;
  focusElsewhere: () => void;
}

/** The list of interrupted uploads, each with a button to resume and one to discard it. */
export class Interrupted {
  readonly #title = createElement('p', { id: 'interrupted', dir: 'auto' });
  readonly #list = createElement('ul');
  /** The picker, for files that the browser can no longer access. */
  readonly #input = createElement('input', { type: 'file', hidden: true, tabIndex: -1 });
  readonly element = createElement('div', { part: 'interrupted', hidden: true }, this.#title, this.#list, this.#input);
  readonly #uploader: Uploader;
  readonly #context: InterruptedContext;
  #uploads: ResumableUpload[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why an upload was not resumed. */
  readonly #problems = new Map<string, string>();
  #onPick: (file: File) => void = () => {};

  constructor(uploader: Uploader, context: InterruptedContext) {
    this.#uploader = uploader;
    this.#context = context;
    this.#list.setAttribute('aria-labelledby', this.#title.id);
    // Each may end an interrupted upload, or release one that had been resumed.
    for (const name of ['upload-error', 'upload-success', 'file-removed'] as const)
      uploader.on(name, () => this.#refreshSoon());
    this.#input.addEventListener('change', () => {
      const [file] = this.#input.files ?? [];
      this.#input.value = '';
      if (file) this.#onPick(file);
    });
  }

  /** Reads the list again. */
  async refresh(): Promise<void> {
    this.#uploads = await this.#read();
    this.show();
  }

  /** Reads the list again after a while, once for many events. If nothing has changed, the buttons stay as they are. */
  #refreshSoon(): void {
    this.#timer ??= setTimeout(async () => {
      this.#timer = undefined;
      const uploads = await this.#read();
      if (JSON.stringify(uploads) === JSON.stringify(this.#uploads)) return;
      this.#uploads = uploads;
      this.show();
    }, REFRESH_MILLIS);
  }

  async #read(): Promise<ResumableUpload[]> {
    try {
      return await this.#uploader.resumable();
    } catch (error) {
      // Without IndexedDB, as in some private windows and in jsdom, there is nothing to resume.
      if (globalThis.indexedDB && !(error instanceof DOMException)) report(error);
      return [];
    }
  }

  /** Shows the list in the current labels. */
  show(): void {
    const labels = this.#context.labels();
    this.#title.textContent = labels.interrupted;
    this.element.hidden = this.#uploads.length === 0 || this.#context.isDisabled();
    const focused = this.element.querySelector<HTMLElement>(':focus');
    this.#list.replaceChildren(...this.#uploads.map((upload) => this.#row(upload, labels)));
    if (focused) this.#focus(focused.id);
  }

  #row(upload: ResumableUpload, labels: ElementLabels): HTMLLIElement {
    const { id, name, size, storedBytes, type } = upload;
    const { language } = labels;
    const title = name ?? [type, bytes(size, language)].filter(Boolean).join(', ');
    const percent = new Intl.NumberFormat(language, { style: 'percent' }).format(storedBytes / size);
    const problem = this.#problems.get(id) ?? '';
    const button = (action: 'resume' | 'discard', act: () => unknown) => {
      const verb = labels[action];
      const ariaLabel = labels.action(verb, title);
      const onclick = () => void act();
      return createElement(
        'button',
        { part: 'button', id: `${action}-${id}`, type: 'button', ariaLabel, onclick },
        verb,
      );
    };
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
        button('resume', () => this.#resume(upload)),
        button('discard', () => this.#discard(id)),
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
      // It has expired or was continued elsewhere, and is no longer listed.
      if (code === 'not_found') return this.refresh();
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

  /** Focuses the button with this id, or else the first one. */
  #focus(id: string): void {
    const buttons = [...this.element.querySelectorAll('button')];
    const next = buttons.find((button) => button.id === id) ?? buttons[0];
    if (next && !this.element.hidden) next.focus();
    else this.#context.focusElsewhere();
  }
}
