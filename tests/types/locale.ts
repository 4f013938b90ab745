// The languages, as a TypeScript program uses them. It is never run.

import { type Locale, Uploader, upload } from 'mediaferry';
import type { Labels, MediaFerryElement } from 'mediaferry/element';
import { type languages, loadLanguage, type Translation } from 'mediaferry/locale';
import de from 'mediaferry/locale/de';
import type ptBR from 'mediaferry/locale/pt-BR';
// @ts-expect-error: there is no such language
import klingon from 'mediaferry/locale/tlh';
import { same } from './same.js';

same<typeof de, Translation>(true);
same<typeof ptBR.messages, Locale>(true);
same<typeof ptBR.labels, Labels>(true);
same<typeof languages, readonly string[]>(true);

export async function inGerman(element: MediaFerryElement, file: File) {
  const { messages, labels } = await loadLanguage(navigator.languages);
  same<typeof labels.details.copied, string>(true);
  await upload(file, { provider: 'modelhunter', messages });
  new Uploader({ provider: 'modelhunter', messages: de.messages });
  element.labels = de.labels;
  element.options = { messages: de.messages };
  Object.assign(element, { options: { messages }, labels: { ...labels, retry: 'Noch einmal' } });
  await loadLanguage('de');
  // @ts-expect-error: a tag is text
  await loadLanguage(49);
  return klingon;
}
