// <media-ferry> in the templates of Svelte: what its language tools read. It is never run.

import type { ProviderId } from 'mediaferry';
import type { MediaFerryElement, MediaFerryProps } from 'mediaferry/element/svelte';
import type { SvelteHTMLElements } from 'svelte/elements';
import { same } from './same.js';

type Props = SvelteHTMLElements['media-ferry'];
same<Props, MediaFerryProps>(true);

export const right: Props = {
  class: 'references',
  provider: 'relaydance',
  'media-role': 'first_frame',
  'max-files': 9,
  multiple: true,
  options: { messages: {} },
  onchange: ({ currentTarget }) => same<typeof currentTarget, EventTarget & MediaFerryElement>(true),
  'onupload-success': ({ detail }) => same<typeof detail.asset.ref, string>(true),
  'on:complete': ({ detail: { failed } }) => same<typeof failed, unknown[]>(true),
  'onprovider-select': ({ detail }) => same<typeof detail.provider, ProviderId>(true),
};

export const wrong: Props[] = [
  // @ts-expect-error: there is no such provider
  { provider: 'relaydanze' },
  // @ts-expect-error: it is a number
  { 'max-files': 'nine' },
];
