/** @jsxImportSource solid-js */
// <media-ferry> in the JSX of Solid. It is never run.

import type { Asset, ProviderId } from 'mediaferry';
import type { MediaFerryElement, MediaFerryProps } from 'mediaferry/element/solid';
import { same } from './same.js';

export function Page() {
  same<MediaFerryProps['max-files'], number | `${number}` | undefined>(true);
  return (
    <media-ferry
      ref={(element) => same<typeof element, MediaFerryElement>(true)}
      class="references"
      provider="relaydance"
      media-role="first_frame"
      max-files={9}
      maxFileSize={1e6}
      multiple
      required
      prop:options={{ provider: 'relaydance', messages: {} }}
      labels={{ language: 'de' }}
      onChange={({ currentTarget }) => currentTarget.value.length}
      on:upload-success={({ detail }) => same<typeof detail.asset.ref, string>(true)}
      on:complete={({ detail: { failed } }) => same<typeof failed, unknown[]>(true)}
      on:provider-select={(event) => {
        event.preventDefault();
        same<typeof event.detail.provider, ProviderId>(true);
      }}
    >
      Drop images here
      <span slot="hint">Up to 9 images</span>
    </media-ferry>
  );
}

export const wrong = [
  // @ts-expect-error: there is no such provider
  <media-ferry provider="relaydanze" />,
  // @ts-expect-error: there is no such route
  <media-ferry provider="onerouter" route="put" />,
  // @ts-expect-error: it is a number
  <media-ferry max-files="nine" />,
  // @ts-expect-error: an asset of a queue may be that of a URL, which has no media
  <media-ferry on:upload-success={(event: CustomEvent<{ asset: Asset }>) => event.detail.asset.media} />,
];
