// The drop zone: a button that opens the picker, and the handlers for files that are dropped or pasted.

import type { FileSources } from '../queue/dropped-files.js';
import { createElement } from './create-element.js';

const SVG = 'http://www.w3.org/2000/svg';
const ARROW = 'M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3';

export class Dropzone {
  /** Its text is the default content of a slot, so the page can replace it. */
  readonly button = createElement('button', { part: 'zone', type: 'button' });
  readonly input = createElement('input', { type: 'file', hidden: true, tabIndex: -1 });
  readonly #invitation = createElement('slot');
  readonly #onFiles: (sources: FileSources) => void;
  #depth = 0;

  /** Files can be dropped on and pasted into `host`. `onFiles` is called in the event handler. */
  constructor(host: HTMLElement, onFiles: (sources: FileSources) => void) {
    this.#onFiles = onFiles;
    const invitation = createElement('span', { part: 'invitation' }, this.#invitation);
    this.button.append(
      arrow(),
      invitation,
      createElement('small', { part: 'hint' }, createElement('slot', { name: 'hint' })),
    );
    this.button.addEventListener('click', () => this.input.click());
    this.input.addEventListener('change', () => this.#pick());
    host.addEventListener('paste', (event) => this.#paste(event));
    // Every child dispatches these events when it is entered or left. The element is left when the count is 0.
    host.addEventListener('dragenter', (event) => this.#hasFiles(event) && this.#drag(this.#depth + 1));
    host.addEventListener('dragleave', (event) => this.#hasFiles(event) && this.#drag(this.#depth - 1));
    host.addEventListener('dragover', (event) => this.#over(event));
    host.addEventListener('drop', (event) => this.#drop(event));
  }

  show({ invitation, isMultiple, isDisabled }: { invitation: string; isMultiple: boolean; isDisabled: boolean }): void {
    this.#invitation.textContent = invitation;
    this.input.multiple = isMultiple;
    this.button.disabled = isDisabled;
    if (isDisabled) this.#drag(0);
  }

  #pick(): void {
    const { files } = this.input;
    if (files?.length) this.#onFiles([...files]);
    this.input.value = ''; // so that the same file may be picked again
  }

  #paste(event: ClipboardEvent): void {
    if (this.button.disabled || !event.clipboardData?.files.length) return;
    event.preventDefault();
    this.#onFiles(event);
  }

  #over(event: DragEvent): void {
    if (!this.#hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
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
    this.button.setAttribute('part', this.#depth > 0 ? 'zone active' : 'zone');
  }
}

function arrow(): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ARROW);
  for (const [name, value] of Object.entries({ viewBox: '0 0 24 24', part: 'icon', 'aria-hidden': 'true' }))
    svg.setAttribute(name, value);
  svg.append(path);
  return svg;
}
