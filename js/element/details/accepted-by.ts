// Shows which providers accept a file: on demand, and as an offer if the file was rejected.

import { isBlob } from '../../api/realm.js';
import type { Verdict } from '../../api/types.js';
import { check, explain, providers } from '../../index.js';
import type { UploadState } from '../../queue/upload-store.js';
import { createElement } from '../create-element.js';
import type { DetailsContext } from '../details-context.js';
import { CHECK, CLOSE, icon } from '../icons.js';
import type { DetailLabels } from '../labels.js';
import { isRejected, reasonFor } from '../status.js';

/** A provider's verdict, with its name. */
interface NamedVerdict extends Verdict {
  name: string;
}

export class AcceptedBy {
  readonly #offer = createElement('div', { part: 'accepted-by', hidden: true });
  readonly #question = createElement('summary');
  readonly #list = createElement('ul');
  readonly #disclosure = createElement('details', { part: 'providers' }, this.#question, this.#list);
  readonly element = createElement('div', {}, this.#offer, this.#disclosure);
  readonly #context: DetailsContext;
  #labels!: DetailLabels;
  #upload: UploadState | undefined;
  /** The error after which the offer was announced. */
  #announcedFor: unknown;
  #verdicts: Promise<NamedVerdict[]> | undefined;

  constructor(context: DetailsContext) {
    this.#context = context;
    this.#disclosure.addEventListener('toggle', () => this.#disclosure.open && this.#showVerdicts());
  }

  /** `name` is the file's name. */
  show(upload: UploadState, name: string, labels: DetailLabels): void {
    this.#upload = upload;
    this.#labels = labels;
    this.#question.replaceChildren(
      createElement('bdi', {}, labels.question),
      createElement('span', { className: 'unseen' }, ` ${name}`),
    );
    this.#offer.hidden = true;
    if (isRejected(upload) && this.#context.parts.has('providers')) void this.#offerOthers(upload, name);
  }

  /** Returns the verdict of each provider. The file is checked only once. */
  #ask(): Promise<NamedVerdict[]> {
    this.#verdicts ??= this.#check().catch((error) => {
      this.#verdicts = undefined;
      throw error;
    });
    return this.#verdicts;
  }

  async #check(): Promise<NamedVerdict[]> {
    const source = this.#upload?.source;
    if (!isBlob(source)) return [];
    const [verdicts, all] = await Promise.all([check(source), providers()]);
    const names = new Map(all.map(({ id, name }) => [id, name]));
    return verdicts.map((verdict) => ({ ...verdict, name: names.get(verdict.provider) ?? verdict.provider }));
  }

  /** Lists the verdicts when the question is opened. */
  async #showVerdicts(): Promise<void> {
    const labels = this.#context.labels();
    const failed = (error: unknown) => [createElement('li', { dir: 'auto' }, reasonFor(error, labels))];
    this.#list.replaceChildren(...(await this.#ask().then((all) => all.map((one) => this.#row(one)), failed)));
  }

  #row({ provider, name, accepted, violations, warnings }: NamedVerdict): HTMLElement {
    const { accepts, refuses } = this.#labels;
    const messages = this.#context.messages();
    const reasons = [...violations, ...warnings].map((reason) =>
      createElement('p', { dir: 'auto' }, explain(reason, messages)),
    );
    const part = accepted ? (warnings.length > 0 ? 'warns' : 'accepts') : 'refuses';
    const line = createElement('p', { dir: 'auto' }, accepted ? accepts(name) : refuses(name));
    const row = createElement('li', { part: `verdict ${part}` }, icon(accepted ? CHECK : CLOSE), line, ...reasons);
    row.setAttribute('data-provider', provider);
    return row;
  }

  /** Offers the providers that accept a rejected file. */
  async #offerOthers(upload: UploadState, name: string): Promise<void> {
    const all = await this.#ask().catch(() => []);
    // The upload has been retried meanwhile.
    if (upload !== this.#upload || all.length === 0) return;
    const { acceptedBy, acceptedByNone, send } = this.#labels;
    const others = all.filter(({ accepted }) => accepted);
    const buttons = others.map(({ provider, name: title }) => {
      const onclick = () => this.#context.send(upload, provider);
      const ariaLabel = send(name, title);
      const button = createElement('button', { part: 'button send', type: 'button', onclick, ariaLabel }, title);
      button.setAttribute('data-provider', provider);
      return button;
    });
    const text = others.length > 0 ? acceptedBy : acceptedByNone;
    this.#offer.replaceChildren(createElement('p', { dir: 'auto' }, text), ...buttons);
    this.#offer.hidden = false;
    // Other labels are no news.
    if (this.#announcedFor === upload.error) return;
    this.#announcedFor = upload.error;
    this.#context.announce(this, [`${name}: ${text}`, others.map((one) => one.name).join(', ')].join(' '));
  }
}
