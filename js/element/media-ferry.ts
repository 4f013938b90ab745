// The custom element: a queue of uploads, its look, and its part in a form.

import type { Sources } from '../files.js';
import { Uploader } from '../index.js';
import type { RemoteAsset, UploaderOptions } from '../types.js';
import { Uploads } from '../uploads.js';
import { acceptedBy } from './accepts.js';
import { OBSERVED, optionsOf, upgrade } from './attributes.js';
import { Base } from './base.js';
import { forward } from './events.js';
import { assetsOf, formValue, validity } from './form.js';
import type { Surroundings } from './item.js';
import { List } from './list.js';
import { Notices } from './notices.js';
import { style } from './style.js';
import { Total } from './total.js';
import { ENGLISH, type Words } from './words.js';
import { Zone } from './zone.js';

/** `<media-ferry>`: uploads what is picked, dropped or pasted, and is a form's field with the references. */
export class MediaFerryElement extends Base {
  /** @internal */
  static readonly formAssociated = true;
  /** @internal */
  static readonly observedAttributes = OBSERVED;

  #options: Partial<UploaderOptions> = {};
  #words: Words = ENGLISH;
  #isDisabled = false;
  #refs: readonly string[] = [];
  /** What the picker shows comes from these. */
  #offered: { accept: string; provider: UploaderOptions['provider'] | undefined } | undefined;

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
  readonly #notices = new Notices(this.#uploader, this.#around);
  readonly #total = new Total();
  readonly #list = new List(this.#around, () => this.#zone.button.focus());

  constructor() {
    super();
    this.#internals.role = 'group';
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    root.adoptedStyleSheets = [style()];
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
    this.#uploads.watch(() => this.#show());
    forward(this.#uploader, this, this.#uploads.flush);
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
    this.#words = { ...ENGLISH, ...words };
    this.#configure();
    this.#list.rebuild(this.#uploads.current().uploads);
  }

  /** The first asset's `ref`, `''` where there is none. */
  get value(): string {
    return this.assets[0]?.ref ?? '';
  }

  /** What the uploads have brought, in the order of the list. */
  get assets(): RemoteAsset[] {
    this.#uploads.flush();
    return assetsOf(this.#uploads.current().uploads);
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
    for (const task of this.#uploader.tasks) this.#uploader.remove(task);
    this.#notices.clear();
    this.#uploads.flush();
  }

  /** @internal */
  connectedCallback(): void {
    upgrade(this, 'options', 'words');
    this.#configure();
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
  formDisabledCallback(isDisabled: boolean): void {
    this.#isDisabled = isDisabled;
    this.#configure();
    this.#list.rebuild(this.#uploads.current().uploads);
  }

  /** @internal */
  formResetCallback(): void {
    // As with every other field, a reset is no `change`.
    this.#refs = [];
    this.clear();
  }

  /** Brings the attributes, options and words to where they count. */
  #configure(): void {
    this.#uploader.options = optionsOf(this, this.#options);
    const { multiple: isMultiple } = this;
    this.#zone.show({ invitation: this.#words.invitation(isMultiple), isMultiple, isDisabled: this.#isDisabled });
    this.#setValue();
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

  #show(): void {
    const { uploads, progress } = this.#uploads.current();
    this.#list.show(uploads);
    this.#total.show(progress, this.#words);
    const before = this.#refs.join('\n');
    this.#setValue();
    if (this.#refs.join('\n') !== before) this.dispatchEvent(new Event('change', { bubbles: true }));
  }

  #setValue(): void {
    const { uploads } = this.#uploads.current();
    this.#refs = assetsOf(uploads).map(({ ref }) => ref);
    this.#internals.setFormValue(formValue(this.#refs, this.name, this.multiple));
    this.#internals.setValidity(...validity(uploads, this.required, this.#words), this.#zone.button);
  }
}
