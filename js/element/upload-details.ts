// The optional parts of an upload: loaded on demand, for elements with the attribute `details`.

import { isBlob } from '../api/realm.js';
import type { UploadState } from '../queue/upload-store.js';
import { completeDetails } from './complete-labels.js';
import { createElement } from './create-element.js';
import { AcceptedBy } from './details/accepted-by.js';
import { assetDetails } from './details/asset.js';
import { describe, mismatchOf } from './details/facts.js';
import type { DetailsContext } from './details-context.js';
import type { DetailLabels, ElementLabels } from './labels.js';

export { default as CSS } from './details/style.css';
export { readVideo } from './details/video.js';

/** The optional parts of one upload. */
export class UploadDetails {
  /** What the file contains, for below its name. */
  readonly facts = createElement('p', { part: 'facts', dir: 'auto', hidden: true });
  readonly #mismatch = createElement('p', { part: 'mismatch', dir: 'auto', hidden: true });
  readonly #asset = createElement('div', { part: 'asset', hidden: true });
  readonly #acceptedBy: AcceptedBy;
  /** All other parts. */
  readonly element: HTMLElement;
  readonly #context: DetailsContext;
  #shown: Partial<UploadState> = {};
  #labels: ElementLabels | undefined;

  constructor(context: DetailsContext) {
    this.#context = context;
    this.#acceptedBy = new AcceptedBy(context);
    this.element = createElement('div', { part: 'details' }, this.#mismatch, this.#asset, this.#acceptedBy.element);
  }

  /** Shows the upload's current state. Progress changes nothing here. */
  show(upload: UploadState): void {
    const { parts, announce } = this.#context;
    const labels = this.#context.labels();
    const { language } = labels;
    const details = detailsOf(labels);
    const before = this.#labels === labels ? this.#shown : {};
    this.#shown = upload;
    this.#labels = labels;
    const { media, asset, source } = upload;
    const name = upload.name || labels.unnamed;
    if (before.source !== source || before.media !== media) {
      const facts = media ? describe(media, details, language) : isBlob(source) ? [] : [details.url];
      this.facts.replaceChildren(...facts);
      this.#mismatch.textContent = media?.mismatch ? mismatchOf(media, details) : '';
    }
    if (before.asset !== asset)
      this.#asset.replaceChildren(...(asset ? assetDetails(asset, { name, details, language, announce }) : []));
    if (before.status !== upload.status || before.error !== upload.error) this.#acceptedBy.show(upload, name, details);
    this.facts.hidden = !parts.has('facts') || !this.facts.textContent;
    this.#mismatch.hidden = !parts.has('facts') || !this.#mismatch.textContent;
    this.#asset.hidden = !parts.has('asset') || !asset;
    this.#acceptedBy.element.hidden = !parts.has('providers') || !isBlob(source);
    const all = [this.#mismatch, this.#asset, this.#acceptedBy.element];
    this.element.hidden = all.every(({ hidden }) => hidden);
  }
}

const completed = new WeakMap<ElementLabels, DetailLabels>();

/** The labels of the optional parts, completed once for all items. */
function detailsOf(labels: ElementLabels): DetailLabels {
  const details = completed.get(labels) ?? completeDetails(labels.details);
  completed.set(labels, details);
  return details;
}
