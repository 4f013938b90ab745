// The custom element: a queue of uploads, its UI, and its behaviour as a form field.

import type { ProviderId, RemoteAsset, TotalProgress, UploaderOptions, UploadOverrides } from '../api/types.js';
import { init, Uploader } from '../index.js';
import type { FileSources } from '../queue/dropped-files.js';
import { type Task, type UploadState, UploadStore } from '../queue/upload-store.js';
import { acceptedBy } from './accepts.js';
import { OBSERVED, optionsOf, upgrade } from './attributes.js';
import { Base } from './base.js';
import { completeLabels } from './complete-labels.js';
import { Dropzone } from './dropzone.js';
import { forward } from './events.js';
import { FixQuestions } from './fix-questions.js';
import { assetsOf, FormState } from './form.js';
import { InterruptedPart } from './interrupted-part.js';
import type { ItemContext } from './item.js';
import type { ElementLabels } from './labels.js';
import { List } from './list.js';
import { Notices } from './notices.js';
import { OptionalParts } from './optional-parts.js';
import { style } from './style.js';
import { Total } from './total.js';

/** The total is shown if more files than this are left: more than run at the same time, unless they are small. */
const MANY_FILES = 4;

/** The side of a thumbnail in device pixels. */
const LIST_SIDE = 128;
const GRID_SIDE = 448;

/**
 * `<media-ferry>`: uploads files that are picked, dropped or pasted. In a form, it submits the `ref` of each asset.
 *
 * @example
 * ```html
 * <script type="module">
 *   import 'mediaferry/element';
 *   document.querySelector('media-ferry').addEventListener('upload-success', ({ detail }) => {
 *     console.log(detail.asset.ref);
 *   });
 * </script>
 * <form>
 *   <media-ferry name="image" provider="modelhunter" multiple required></media-ferry>
 * </form>
 * ```
 */
export class MediaFerryElement extends Base {
  /** @internal */
  static readonly formAssociated = true;
  /** @internal */
  static readonly observedAttributes = OBSERVED;

  #options: Partial<UploaderOptions> = {};
  #labels: ElementLabels = completeLabels();
  #isDisabled = false;
  #form: HTMLFormElement | null = null;
  /** The validity and value that were last set, to set them only if they changed. */
  #lastFormState = '';
  /** Whether a `change` event is due. */
  #isChangeDue = false;
  /** The values from which the picker's types were derived. */
  #acceptFrom: { accept: string; provider: UploaderOptions['provider'] | undefined } | undefined;

  readonly #class = Object.getPrototypeOf(this);
  /** Partly missing in jsdom, and completely in happy-dom. */
  readonly #internals: Partial<ElementInternals> = this.attachInternals?.() ?? {};
  readonly #uploader = new Uploader(optionsOf(this, {}));
  readonly #store = new UploadStore(this.#uploader);
  readonly #context: ItemContext = {
    labels: () => this.#labels,
    messages: () => this.#options.messages,
    isDisabled: () => this.#isDisabled,
    isRateShared: () => this.#total.isShown,
    thumbnailSide: () => (this.view === 'grid' ? GRID_SIDE : LIST_SIDE),
    parts: new OptionalParts(() => this.#onParts()),
    questionAbout: (source) => this.#questions.about(source),
    remove: ({ task }) => this.#uploader.remove(task),
    send: (upload, provider) => this.#send(upload, provider),
    announce: (subject, text) => this.#notices.announce(subject, text),
  };
  readonly #dropzone = new Dropzone(
    this,
    (sources) => this.#addAll(sources),
    // The core starts while the user picks a file. An upload reports why it cannot.
    () => init().catch(() => {}),
  );
  readonly #formState = new FormState(this.#uploader, (asset) => this.#updateForm(asset));
  readonly #notices = new Notices(
    this.#uploader,
    this.#context,
    () => this.#progress,
    () => this.#focusZone(),
  );
  readonly #questions = new FixQuestions(this.#context, () => this.#list.refresh());
  readonly #interrupted = new InterruptedPart(
    this.#uploader,
    { ...this.#context, focusElsewhere: () => this.#focusZone() },
    () => this.#applyStyle(),
  );
  readonly #total = new Total();
  readonly #list = new List(this.#store.all, this.#context, () => this.#focusZone());

  constructor() {
    super();
    // jsdom throws.
    if (this.#internals.setFormValue) this.#internals.role = 'group';
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    const { element: notices, liveRegion } = this.#notices;
    root.append(
      this.#dropzone.button,
      this.#dropzone.input,
      notices,
      this.#interrupted.element,
      this.#total.element,
      this.#list.element,
      this.#list.more,
      liveRegion,
    );
    this.#applyStyle();
    this.#store.subscribe((changed) => this.#show(changed));
    forward(this.#uploader, this);
    this.#configure();
  }

  /** The queue of the element. */
  get uploader(): Uploader {
    return this.#uploader;
  }

  /** Options that have no attribute, such as a custom provider, `messages` or a signal. They override the attributes. */
  get options(): Partial<UploaderOptions> {
    return this.#options;
  }

  /** Replaces the options. */
  set options(options: Partial<UploaderOptions> | undefined) {
    const { messages } = this.#options;
    this.#options = options ?? {};
    // Items are drawn again if their labels are another object.
    if (messages === options?.messages) this.#configure();
    else this.#relabel({ ...this.#labels });
  }

  /** The texts of the element. */
  get labels(): ElementLabels {
    return this.#labels;
  }

  /** Replaces the texts. Missing ones are in English. */
  set labels(labels: Partial<ElementLabels> | undefined) {
    this.#relabel(completeLabels(labels));
  }

  /** The `ref` of the first asset; `''` if there is none. */
  get value(): string {
    for (const { asset } of this.#store.all.values()) if (asset) return asset.ref;
    return '';
  }

  /** The assets of all successful uploads, in the order of the list. */
  get assets(): RemoteAsset[] {
    return assetsOf(this.#store.all.values());
  }

  /** The form of the element; `null` if there is none. */
  get form(): HTMLFormElement | null {
    return this.#internals.form ?? null;
  }

  /** The validity of the element, as in `<input>`. */
  get validity(): ValidityState {
    return this.#internals.validity as ValidityState;
  }

  /** The reason why the element is invalid, as text; `''` if it is valid. */
  get validationMessage(): string {
    return this.#internals.validationMessage ?? '';
  }

  /** Whether the element is validated when the form is submitted. */
  get willValidate(): boolean {
    return this.#internals.willValidate ?? false;
  }

  /** Returns whether the element is valid. */
  checkValidity(): boolean {
    return this.#internals.checkValidity?.() ?? true;
  }

  /** Returns whether the element is valid, and shows the reason to the user if it is not. */
  reportValidity(): boolean {
    return this.#internals.reportValidity?.() ?? true;
  }

  /** Removes all uploads, and aborts those that have not ended. */
  clear(): void {
    this.#removeAll();
    this.#dispatchChange();
  }

  /** @internal */
  connectedCallback(): void {
    upgrade(this, 'options', 'labels');
    this.#configure();
  }

  /** @internal */
  adoptedCallback(): void {
    // Firefox resets the prototype of an element that was in the page before its class was defined.
    Object.setPrototypeOf(this, this.#class);
    this.#applyStyle();
  }

  /** @internal */
  disconnectedCallback(): void {
    // An element that is only moved is connected again in the microtask.
    queueMicrotask(() => {
      if (!this.isConnected) this.#uploader.cancelAll();
    });
  }

  /** @internal */
  attributeChangedCallback(name: string): void {
    this.#configure();
    // Both change what each item shows.
    if (name === 'view' || name === 'details') this.#list.refresh();
  }

  /** @internal */
  formAssociatedCallback(form: HTMLFormElement | null): void {
    // In the capturing phase, so that the page's listeners see the entries.
    this.#form?.removeEventListener('formdata', this.#onFormData, true);
    this.#form = form;
    form?.addEventListener('formdata', this.#onFormData, true);
  }

  /** @internal */
  formDisabledCallback(isDisabled: boolean): void {
    this.#isDisabled = isDisabled;
    this.#configure();
    this.#list.refresh();
  }

  /** @internal */
  formResetCallback(): void {
    this.#removeAll();
    // As with every form field, a reset dispatches no `change`.
    this.#isChangeDue = false;
  }

  /** Applies the attributes, options and labels. */
  #configure(): void {
    const { confirm } = this.#questions;
    this.#uploader.options = optionsOf(this, this.#options, confirm);
    this.#context.parts.select(this.details);
    this.#showZone();
    this.#updateForm();
    if (!this.isConnected) return;
    this.#interrupted.show(this.resume);
    void this.#updateAccept();
  }

  #relabel(labels: ElementLabels): void {
    this.#labels = labels;
    this.#configure();
    this.#notices.show();
    this.#list.refresh();
  }

  #showZone(): void {
    const { maxNumberOfFiles: limit } = this.#uploader.options.restrictions ?? {};
    const { files } = this.#uploader.progress;
    const [labels, isMultiple, isDisabled] = [this.#labels, this.multiple, this.#isDisabled];
    this.#dropzone.show({ labels, isMultiple, isDisabled, files, limit });
  }

  #applyStyle(): void {
    const { script } = this.#context.parts;
    if (this.shadowRoot)
      this.shadowRoot.adoptedStyleSheets = style(
        this.ownerDocument,
        ...(script ? [script.CSS] : []),
        ...this.#interrupted.css,
      );
  }

  /** Shows optional parts whose script has been loaded. */
  #onParts(): void {
    this.#applyStyle();
    this.#list.refresh();
  }

  #focusZone(): void {
    this.#dropzone.button.focus();
  }

  /** Makes the picker show the types that are accepted. The core decides by content. */
  async #updateAccept(): Promise<void> {
    const { accept } = this;
    const { provider } = this.#uploader.options;
    if (accept === this.#acceptFrom?.accept && provider === this.#acceptFrom.provider) return;
    const current = { accept, provider };
    this.#acceptFrom = current;
    this.#dropzone.input.accept = accept;
    if (accept) return;
    const types = await acceptedBy(provider);
    if (current === this.#acceptFrom) this.#dropzone.input.accept = types.join();
  }

  /** Called in the event handler, because browsers empty the event afterwards. */
  #addAll(sources: FileSources): void {
    this.#notices.clear();
    // Without `multiple`, a new file replaces the one before.
    if (!this.multiple) this.clear();
    this.#uploader.addAll(sources).catch(() => this.#notices.add(() => this.#labels.unreadable));
  }

  #show(changed: Iterable<Task>): void {
    const { files, succeeded, failed } = this.#uploader.progress;
    const { concurrency = MANY_FILES } = this.#uploader.options;
    this.#total.show(this.#progress, files - succeeded - failed, concurrency, this.#labels);
    this.#showZone();
    this.#list.show(changed);
  }

  /** The progress of all uploads, without counting cancelled uploads as failed. */
  get #progress(): TotalProgress {
    return { ...this.#uploader.progress, failed: this.#formState.failed };
  }

  /** Sends a rejected file to another provider, unless the page prevents it. */
  #send({ task }: UploadState, provider: ProviderId): void {
    const event = new CustomEvent('provider-select', { cancelable: true, detail: { task, provider } });
    if (!this.dispatchEvent(event)) return;
    this.#uploader.remove(task);
    // A provider that requires an option rejects it: the page can handle the event instead.
    this.#uploader.add(task.source, { provider } as UploadOverrides);
  }

  #removeAll(): void {
    this.#uploader.cancelAll();
    for (const task of this.#uploader.tasks) this.#uploader.remove(task);
    this.#store.flush();
    this.#notices.clear();
  }

  /** Updates the form after each event. The cost does not depend on the number of uploads. */
  #updateForm(asset?: 'added' | 'removed'): void {
    const validity = this.#formState.validity(this.required, this.#labels);
    const value = this.multiple ? null : this.value || null;
    const formState = JSON.stringify([validity, value]);
    if (formState !== this.#lastFormState) {
      this.#internals.setValidity?.(...validity, this.#dropzone.button);
      this.#internals.setFormValue?.(value);
    }
    this.#lastFormState = formState;
    if (!asset) return;
    this.#isChangeDue = true;
    // The value is set before `upload-success` is dispatched. Removing many assets at once is one change.
    if (asset === 'added') this.#dispatchChange();
    else queueMicrotask(() => this.#dispatchChange());
  }

  #dispatchChange(): void {
    if (!this.#isChangeDue) return;
    this.#isChangeDue = false;
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** Adds the entries when the form is read. Updating the form with each success would take longer with each asset. */
  readonly #onFormData = ({ formData }: FormDataEvent): void => {
    if (this.multiple && this.name && !this.#isDisabled)
      for (const { ref } of this.assets) formData.append(this.name, ref);
  };
}
