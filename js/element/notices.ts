// The message about files that were not added, and the announcements for screen readers.

import type { Source, TotalProgress, Violation } from '../api/types.js';
import { explain } from '../index.js';
import { nameOf } from '../queue/upload-store.js';
import type { Uploader } from '../queue/uploader.js';
import { Announcer } from './announcer.js';
import { createElement } from './create-element.js';
import { ALERT, CLOSE, icon } from './icons.js';
import type { ItemContext } from './item.js';
import { isMisuse, reasonsFor, textOf, totalOf } from './status.js';

/** The maximum number of reasons that are shown, and of names that are announced for one reason. */
const MAX_SHOWN = 5;
const MAX_NAMES = 20;

/** The restrictions that a file may meet after another file has been removed. */
const ROOM: Violation['rule'][] = ['maxNumberOfFiles', 'maxTotalFileSize'];

/** Files that were not added for the same reason. */
interface Refusal {
  names: string[];
  /** In the current labels and messages. */
  reason: () => string;
  /** Whether the reason no longer applies after a file was removed. */
  isForRoom: boolean;
}

export class Notices {
  readonly #list = createElement('ul');
  readonly #close = createElement('button', { part: 'button dismiss', className: 'bare', type: 'button' }, icon(CLOSE));
  readonly element = createElement('div', { part: 'refusals', hidden: true }, icon(ALERT), this.#list, this.#close);
  readonly #announcer: Announcer;
  readonly #context: ItemContext;
  /** The last error that was reported to developers. */
  #misuse = '';
  readonly #refusals = new Map<string, Refusal>();

  /** `onDismiss` is called when the user has closed the message. */
  constructor(uploader: Uploader, context: ItemContext, progress: () => TotalProgress, onDismiss: () => void) {
    this.#context = context;
    this.#announcer = new Announcer(() => totalOf(progress(), context.labels()));
    this.#close.addEventListener('click', () => {
      this.clear();
      onDismiss();
    });
    const { labels, messages } = context;
    uploader.on('file-added', ({ id, source }) => this.#announcer.announce(id, labels().added(this.#name(source))));
    uploader.on('file-removed', () => this.#onRoom());
    uploader.on('restriction-failed', (source, violations) => this.#onRestrictionFailed(source, violations));
    uploader.on('upload-retry', ({ id, source }, retry) => this.#news(id, source, explain(retry, messages())));
    uploader.on('upload-success', ({ id, source }) => this.#news(id, source, labels().statuses.succeeded));
    uploader.on('upload-error', (task, error) => {
      const { id, source, status, stage } = task;
      const isFailure = status === 'failed';
      const text = isFailure ? textOf(reasonsFor(task, error, labels(), messages())) : labels().statuses.aborted;
      if (isFailure && isMisuse(stage, error)) this.#reportMisuse(error);
      this.#news(id, source, text, isFailure);
    });
  }

  /** The live region for screen readers. */
  get liveRegion(): HTMLElement {
    return this.#announcer.element;
  }

  /** Announces a text that no summary may replace. */
  announce(subject: unknown, text: string): void {
    this.#announcer.announce(subject, text, true);
  }

  /** Removes all reasons. */
  clear(): void {
    this.#refusals.clear();
    this.show();
  }

  /** Shows why files were not added. A name is missing if it is not known. */
  add(reason: () => string, name?: string, isForRoom = false): void {
    const text = reason();
    const refusal = this.#refusals.get(text) ?? { names: [], reason, isForRoom };
    this.#refusals.set(text, refusal);
    if (name !== undefined) refusal.names.push(name);
    this.show();
    const { names } = refusal;
    const others = names.length > MAX_NAMES ? ` ${this.#context.labels().moreRefused(names.length - MAX_NAMES)}` : '';
    const list = names.slice(0, MAX_NAMES).join(', ');
    this.announce(text, list ? `${list}: ${text}${others}` : text);
  }

  /** Shows the reasons in the current labels. */
  show(): void {
    const labels = this.#context.labels();
    const all = [...this.#refusals.values()];
    const shown = all.slice(0, MAX_SHOWN).map(({ names, reason }): (string | Node)[] => {
      const text = reason();
      if (names.length > 1) return [`${labels.refused(names.length)} ${text}`];
      const [name] = names;
      // `bdi`, so that the line has the direction of the reason.
      return name === undefined ? [text] : [createElement('bdi', {}, name), `: ${text}`];
    });
    const others = all.slice(MAX_SHOWN).reduce((sum, { names }) => sum + names.length, 0);
    if (others > 0) shown.push([labels.moreRefused(others)]);
    this.#list.replaceChildren(...shown.map((line) => createElement('li', { part: 'refusal', dir: 'auto' }, ...line)));
    this.#close.ariaLabel = this.#close.title = labels.dismiss;
    this.element.hidden = shown.length === 0;
  }

  /** Shows developers that the page's options are invalid, once for all files. */
  #reportMisuse(error: unknown): void {
    // The build removes calls of `console` without `globalThis`.
    if (String(error) !== this.#misuse) globalThis.console.error(error);
    this.#misuse = String(error);
  }

  /** Removes the reasons that may not apply any more. */
  #onRoom(): void {
    if (this.#refusals.size === 0) return;
    for (const [key, { isForRoom }] of this.#refusals) if (isForRoom) this.#refusals.delete(key);
    this.show();
  }

  #onRestrictionFailed(source: Source, violations: Violation[]): void {
    const reason = () => violations.map((violation) => explain(violation, this.#context.messages())).join(' ');
    const isForRoom = violations.every(({ rule }) => ROOM.includes(rule));
    this.add(reason, this.#name(source), isForRoom);
  }

  #news(id: string, source: Source, text: string, isFailure = false): void {
    this.#announcer.announce(id, `${this.#name(source)}: ${text}`, isFailure);
  }

  #name(source: Source): string {
    return nameOf(source) || this.#context.labels().unnamed;
  }
}
