// The container for the list of interrupted uploads. The script of the list is loaded for elements with the attribute `resume`.

import { report } from '../api/report.js';
import type { Uploader } from '../queue/uploader.js';
import { createElement } from './create-element.js';
import type { Interrupted, InterruptedContext } from './interrupted.js';

export class InterruptedPart {
  readonly element = createElement('div');
  /** The style of the list, once the script has been loaded. */
  css: string[] = [];
  readonly #uploader: Uploader;
  readonly #context: InterruptedContext;
  readonly #onLoad: () => void;
  #list: Interrupted | undefined;
  #loading: Promise<void> | undefined;

  /** `onLoad` is called when the style has been loaded. */
  constructor(uploader: Uploader, context: InterruptedContext, onLoad: () => void) {
    this.#uploader = uploader;
    this.#context = context;
    this.#onLoad = onLoad;
  }

  /** Shows the list if `isOn`. */
  show(isOn: boolean): void {
    this.element.hidden = !isOn;
    if (isOn) this.#loading ??= this.#load();
    this.#list?.show();
  }

  async #load(): Promise<void> {
    try {
      const { CSS, Interrupted } = await import('./interrupted.js');
      this.#list = new Interrupted(this.#uploader, this.#context);
      this.element.append(this.#list.element);
      this.css = [CSS];
      this.#onLoad();
      await this.#list.refresh();
    } catch (error) {
      this.#loading = undefined;
      report(error);
    }
  }
}
