// The drop zone: a button that opens the picker, and whatever is dropped on the element or pasted into it.

import type { FileSources } from '../queue/dropped-files.js';
import { make } from './create-element.js';

const SVG = 'http://www.w3.org/2000/svg';
const ARROW = 'M12 16V4m0 0L7 9m5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3';

export class Zone {
  /** The words on it stand in a slot, for the page to put its own there. */
  readonly button = make('button', { part: 'zone', type: 'button' });
  readonly input = make('input', { type: 'file', hidden: true, tabIndex: -1 });
  readonly #invitation = make('slot');
  readonly #take: (sources: FileSources) => void;
  #inside = 0;

  /** `host` is where files may be dropped and pasted; `take` is called while the event is handled. */
  constructor(host: HTMLElement, take: (sources: FileSources) => void) {
    this.#take = take;
    const invitation = make('span', { part: 'invitation' }, this.#invitation);
    this.button.append(arrow(), invitation, make('small', { part: 'hint' }, make('slot', { name: 'hint' })));
    this.button.addEventListener('click', () => this.input.click());
    this.input.addEventListener('change', () => this.#pick());
    host.addEventListener('paste', (event) => this.#paste(event));
    // Every child that is entered or left says so; only the balance tells whether the element was left.
    host.addEventListener('dragenter', (event) => this.#bears(event) && this.#drag(this.#inside + 1));
    host.addEventListener('dragleave', (event) => this.#bears(event) && this.#drag(this.#inside - 1));
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
    if (files?.length) this.#take([...files]);
    this.input.value = ''; // so that the same file may be picked again
  }

  #paste(event: ClipboardEvent): void {
    if (this.button.disabled || !event.clipboardData?.files.length) return;
    event.preventDefault();
    this.#take(event);
  }

  #over(event: DragEvent): void {
    if (!this.#bears(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  }

  #drop(event: DragEvent): void {
    this.#drag(0);
    if (!this.#bears(event)) return;
    event.preventDefault(); // or the browser opens the file in place of the page
    this.#take(event);
  }

  #bears({ dataTransfer }: DragEvent): boolean {
    return !this.button.disabled && Boolean(dataTransfer?.types.includes('Files'));
  }

  #drag(inside: number): void {
    this.#inside = Math.max(0, inside);
    this.button.setAttribute('part', this.#inside > 0 ? 'zone active' : 'zone');
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
