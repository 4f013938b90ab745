// The drop zone: a button that opens the picker, and the handlers for files that are dropped or pasted.

import type { FileSources } from '../queue/dropped-files.js';
import { assignChanged, createElement } from './create-element.js';
import { icon, UPLOAD } from './icons.js';
import type { ElementLabels } from './labels.js';

/** What the zone depends on. */
export interface DropzoneState {
  labels: ElementLabels;
  isMultiple: boolean;
  isDisabled: boolean;
  /** The number of files in the list. */
  files: number;
  /** The maximum number of files, if there is one. */
  limit: number | undefined;
}

export class Dropzone {
  /** Large while there are no files, otherwise one line. */
  readonly button = createElement('button', { part: 'zone', type: 'button' });
  readonly input = createElement('input', { type: 'file', hidden: true, tabIndex: -1 });
  /** The default content of a slot, so the page can replace it. */
  readonly #invitation = createElement('span', { className: 'invitation' });
  readonly #browse = createElement('span', { part: 'browse', dir: 'auto' });
  readonly #count = createElement('span', { part: 'count', dir: 'auto' });
  readonly #onFiles: (sources: FileSources) => void;
  #state: DropzoneState | undefined;
  #depth = 0;

  /**
   * Files can be dropped on and pasted into `host`. `onFiles` is called in the event handler, and `onApproach` when files will
   * probably follow: the picker opens, or files are dragged over the element.
   */
  constructor(host: HTMLElement, onFiles: (sources: FileSources) => void, onApproach: () => void) {
    this.#onFiles = onFiles;
    this.button.append(
      icon(UPLOAD),
      createElement('span', { part: 'invitation' }, createElement('slot', {}, this.#invitation)),
      this.#browse,
      createElement('small', { part: 'hint' }, createElement('slot', { name: 'hint' })),
      this.#count,
    );
    this.button.addEventListener('click', () => this.#isFull || this.input.click());
    this.input.addEventListener('click', onApproach);
    this.input.addEventListener('change', () => this.#pick());
    host.addEventListener('paste', (event) => this.#paste(event));
    // Every child dispatches these events when it is entered or left. The element is left when the count is 0.
    host.addEventListener('dragenter', (event) => {
      if (!this.#hasFiles(event)) return;
      this.#drag(this.#depth + 1);
      onApproach();
    });
    host.addEventListener('dragleave', (event) => this.#hasFiles(event) && this.#drag(this.#depth - 1));
    host.addEventListener('dragover', (event) => this.#over(event));
    host.addEventListener('drop', (event) => this.#drop(event));
  }

  show(state: DropzoneState): void {
    const { labels, isMultiple, isDisabled, files, limit = Number.POSITIVE_INFINITY } = state;
    this.#state = state;
    const again = isMultiple ? labels.add : labels.replace;
    const browse = files > 0 ? again : labels.browse(isMultiple);
    const isCounted = isMultiple && files > 0 && !this.#isFull && limit < Number.POSITIVE_INFINITY;
    assignChanged(this.#invitation, { textContent: labels.invitation(isMultiple) });
    assignChanged(this.#browse, { textContent: this.#isFull ? labels.full(limit) : browse });
    assignChanged(this.#count, { textContent: isCounted ? labels.count(files, limit) : '' });
    assignChanged(this.input, { multiple: isMultiple });
    // Not `disabled`, because the zone keeps the focus.
    assignChanged(this.button, { disabled: isDisabled, ariaDisabled: this.#isFull ? 'true' : null });
    this.#drag(isDisabled ? 0 : this.#depth);
  }

  /** Whether there are as many files as allowed. A file that replaces another is always allowed. */
  get #isFull(): boolean {
    const { isMultiple, files, limit } = this.#state ?? {};
    return Boolean(isMultiple && limit !== undefined && files !== undefined && files >= limit);
  }

  #pick(): void {
    const { files } = this.input;
    if (files?.length) this.#onFiles([...files]);
    this.input.value = ''; // so that the same file can be picked again
  }

  #paste(event: ClipboardEvent): void {
    if (this.button.disabled || !event.clipboardData?.files.length) return;
    event.preventDefault();
    this.#onFiles(event);
  }

  /** A disabled element accepts no drop, but the browser must not open the file in place of the page either. */
  #over(event: DragEvent): void {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    dataTransfer.dropEffect = this.button.disabled ? 'none' : 'copy';
  }

  #drop(event: DragEvent): void {
    this.#drag(0);
    if (!this.#hasFiles(event)) return;
    event.preventDefault(); // otherwise the browser opens the file
    this.#onFiles(event);
  }

  #hasFiles({ dataTransfer }: DragEvent): boolean {
    return !this.button.disabled && Boolean(dataTransfer?.types.includes('Files'));
  }

  #drag(depth: number): void {
    this.#depth = Math.max(0, depth);
    const states = { compact: this.#state?.files, full: this.#isFull, active: this.#depth };
    const names = Object.entries(states).flatMap(([name, isSet]) => (isSet ? name : []));
    const part = ['zone', ...names].join(' ');
    if (this.button.getAttribute('part') !== part) this.button.setAttribute('part', part);
  }
}
