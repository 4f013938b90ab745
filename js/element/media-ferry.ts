// The custom element: a queue of uploads, its look, and its part in a form.

import type { Sources } from '../files.js';
import { Uploader } from '../index.js';
import type { RemoteAsset, UploaderOptions } from '../types.js';
import { type Task, Uploads } from '../uploads.js';
import { acceptedBy } from './accepts.js';
import { OBSERVED, optionsOf, upgrade } from './attributes.js';
import { Base } from './base.js';
import { forward } from './events.js';
import { assetsOf, FormState } from './form.js';
import type { Surroundings } from './item.js';
import { List } from './list.js';
import { Notices } from './notices.js';
import { style } from './style.js';
import { Total } from './total.js';
import { type Words, wordsOf } from './words.js';
import { Zone } from './zone.js';

/** `<media-ferry>`: uploads what is picked, dropped or pasted, and is a form's field with the references. */
export class MediaFerryElement extends Base {
  /** @internal */
  static readonly formAssociated = true;
  /** @internal */
  static readonly observedAttributes = OBSERVED;

  #options: Partial<UploaderOptions> = {};
  #words: Words = wordsOf();
  #isDisabled = false;
  #form: HTMLFormElement | null = null;
  /** What the form was last told, so that it is told changes only. */
  #told = '';
  /** Whether a `change` is to come. */
  #isChanged = false;
  /** What the picker shows comes from these. */
  #offered: { accept: string; provider: UploaderOptions['provider'] | undefined } | undefined;

  readonly #class = Object.getPrototypeOf(this);
  readonly #internals = this.attachInternals();
  readonly #uploader = new Uploader(optionsOf(this, {}));
  readonly #uploads = new Uploads(this.#uploader);
  readonly #around: Surroundings = {
    words: () => this.#words,
    messages: () => this.#options.messages,
    isDisabled: () => this.#isDisabled,
    remove: ({ task }) => this.#uploader.remove(task),
  };
  readonly #zone = new Zone(this, (sources) => this.#take(sources));
  readonly #state = new FormState(this.#uploader, (asset) => this.#formChanged(asset));
  readonly #notices = new Notices(this.#uploader, this.#around);
  readonly #total = new Total();
  readonly #list = new List(this.#uploads.all, this.#around, () => this.#zone.button.focus());

  constructor() {
    super();
    this.#internals.role = 'group';
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    root.adoptedStyleSheets = style(this.ownerDocument);
    const { refusals, live } = this.#notices;
    root.append(
      this.#zone.button,
      this.#zone.input,
      refusals,
      this.#total.element,
      this.#list.element,
      this.#list.more,
      live,
    );
    this.#uploads.watch((changed) => this.#show(changed));
    forward(this.#uploader, this);
    this.#configure();
  }

  /** The queue. */
  get uploader(): Uploader {
    return this.#uploader;
  }

  /** Options beside the attributes, and before them: a provider of the page's own, messages, a signal. */
  get options(): Partial<UploaderOptions> {
    return this.#options;
  }

  /** Takes others in their place. */
  set options(options: Partial<UploaderOptions> | undefined) {
    this.#options = options ?? {};
    this.#configure();
  }

  /** What it says. */
  get words(): Words {
    return this.#words;
  }

  /** Takes others; those that are left out stay English. */
  set words(words: Partial<Words> | undefined) {
    this.#words = wordsOf(words);
    this.#configure();
    this.#list.refresh();
  }

  /** The first asset's `ref`, `''` where there is none. */
  get value(): string {
    for (const { asset } of this.#uploads.all.values()) if (asset) return asset.ref;
    return '';
  }

  /** What the uploads have brought, in the order of the list. */
  get assets(): RemoteAsset[] {
    return assetsOf(this.#uploads.all.values());
  }

  /** Its form. */
  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  /** What keeps the form from being sent. */
  get validity(): ValidityState {
    return this.#internals.validity;
  }

  /** The same in words. */
  get validationMessage(): string {
    return this.#internals.validationMessage;
  }

  /** Whether it is asked before the form is sent. */
  get willValidate(): boolean {
    return this.#internals.willValidate;
  }

  /** Whether the form can be sent, as far as this knows. */
  checkValidity(): boolean {
    return this.#internals.checkValidity();
  }

  /** The same, and tells the user why not. */
  reportValidity(): boolean {
    return this.#internals.reportValidity();
  }

  /** Removes all uploads, and aborts those that are not over. */
  clear(): void {
    this.#empty();
    this.#tellChange();
  }

  /** @internal */
  connectedCallback(): void {
    upgrade(this, 'options', 'words');
    this.#configure();
  }

  /** @internal */
  adoptedCallback(): void {
    // Firefox takes its class from an element that stood in the page before its class was defined.
    Object.setPrototypeOf(this, this.#class);
    if (this.shadowRoot) this.shadowRoot.adoptedStyleSheets = style(this.ownerDocument);
  }

  /** @internal */
  disconnectedCallback(): void {
    // An element that is only moved is there again when the script is done.
    queueMicrotask(() => {
      if (!this.isConnected) this.#uploader.cancelAll();
    });
  }

  /** @internal */
  attributeChangedCallback(): void {
    this.#configure();
  }

  /** @internal */
  formAssociatedCallback(form: HTMLFormElement | null): void {
    // First among all listeners, so that those of the page find the entries.
    this.#form?.removeEventListener('formdata', this.#submit, true);
    this.#form = form;
    form?.addEventListener('formdata', this.#submit, true);
  }

  /** @internal */
  formDisabledCallback(isDisabled: boolean): void {
    this.#isDisabled = isDisabled;
    this.#configure();
    this.#list.refresh();
  }

  /** @internal */
  formResetCallback(): void {
    this.#empty();
    // As with every other field, a reset is no `change`.
    this.#isChanged = false;
  }

  /** Brings the attributes, options and words to where they count. */
  #configure(): void {
    this.#uploader.options = optionsOf(this, this.#options);
    const { multiple: isMultiple } = this;
    this.#zone.show({ invitation: this.#words.invitation(isMultiple), isMultiple, isDisabled: this.#isDisabled });
    this.#formChanged();
    if (this.isConnected) void this.#offer();
  }

  /** Has the picker show what the provider takes. What is taken in the end, the core decides by content. */
  async #offer(): Promise<void> {
    const { accept } = this;
    const { provider } = this.#uploader.options;
    if (accept === this.#offered?.accept && provider === this.#offered.provider) return;
    const offered = { accept, provider };
    this.#offered = offered;
    this.#zone.input.accept = accept;
    if (accept) return;
    const names = await acceptedBy(provider);
    if (offered === this.#offered) this.#zone.input.accept = names.join();
  }

  /** Called while the event is handled, for what was dropped is gone afterwards. */
  #take(sources: Sources): void {
    this.#notices.clear();
    // A field for one file has the one that was chosen last.
    if (!this.multiple) this.clear();
    this.#uploader.addAll(sources).catch(() => this.#notices.refuse(this.#words.unreadable));
  }

  #show(changed: Iterable<Task>): void {
    this.#list.show(changed);
    this.#total.show(this.#uploader.progress, this.#words);
  }

  #empty(): void {
    this.#uploader.cancelAll();
    for (const task of this.#uploader.tasks) this.#uploader.remove(task);
    this.#uploads.flush();
    this.#notices.clear();
  }

  /** Keeps the form up to date: with each event, and at the same cost however many uploads there are. */
  #formChanged(asset?: 'came' | 'went'): void {
    const validity = this.#state.validity(this.required, this.#words);
    const value = this.multiple ? null : this.value || null;
    const told = JSON.stringify([validity, value]);
    if (told !== this.#told) {
      this.#internals.setValidity(...validity, this.#zone.button);
      this.#internals.setFormValue(value);
    }
    this.#told = told;
    if (!asset) return;
    this.#isChanged = true;
    // Listeners of a success find the value in its place. Many that are removed at once are one change.
    if (asset === 'came') this.#tellChange();
    else queueMicrotask(() => this.#tellChange());
  }

  #tellChange(): void {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** Adds the entries when the form is read: telling the form of each success would take longer with each. */
  readonly #submit = ({ formData }: FormDataEvent): void => {
    if (this.multiple && this.name && !this.#isDisabled)
      for (const { ref } of this.assets) formData.append(this.name, ref);
  };
}
