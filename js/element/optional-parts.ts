// The optional parts of an upload in the list. Their script is loaded when the attribute `details` selects one.

import { report } from '../api/report.js';
import { PARTS, type Part } from './details-context.js';

type Script = typeof import('./upload-details.js');

export class OptionalParts {
  readonly #onLoad: () => void;
  #selected: ReadonlySet<string> = new Set();
  #loading: Promise<void> | undefined;
  #script: Script | undefined;

  /** `onLoad` is called when the script for the selected parts has been loaded. */
  constructor(onLoad: () => void) {
    this.#onLoad = onLoad;
  }

  /** Selects parts by their names. */
  select(names: string): void {
    this.#selected = new Set(names.split(/\s+/).flatMap((name) => (name === 'all' ? PARTS : name || [])));
    if (this.#selected.size > 0) this.#loading ??= this.#load();
  }

  has(part: Part): boolean {
    return this.#selected.has(part);
  }

  /** The script, if it has been loaded and a part is selected. */
  get script(): Script | undefined {
    return this.#selected.size > 0 ? this.#script : undefined;
  }

  /** If the script cannot be loaded, the element shows everything else. */
  async #load(): Promise<void> {
    try {
      this.#script = await import('./upload-details.js');
      this.#onLoad();
    } catch (error) {
      this.#loading = undefined;
      report(error);
    }
  }
}
