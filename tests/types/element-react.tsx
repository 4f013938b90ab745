// <media-ferry> in the JSX of React. It is never run.

import type { Asset, ProviderId } from 'mediaferry';
import type { MediaFerryElement, MediaFerryProps } from 'mediaferry/element/react';
import { same } from './same.js';

export function Page(ref: { current: MediaFerryElement | null }) {
  same<MediaFerryProps['max-files'], number | `${number}` | undefined>(true);
  return (
    <media-ferry
      ref={ref}
      key="references"
      className="references"
      provider="relaydance"
      media-role="first_frame"
      max-files={9}
      maxFileSize={1e6}
      multiple
      required
      options={{ provider: 'relaydance', messages: {} }}
      labels={{ language: 'de' }}
      onChange={({ currentTarget }) => currentTarget.value.length}
      onupload-success={({ detail }) => same<typeof detail.asset.ref, string>(true)}
      oncomplete={({ detail: { failed } }) => same<typeof failed, unknown[]>(true)}
      onchange={({ currentTarget }) => same<typeof currentTarget, EventTarget & MediaFerryElement>(true)}
      onprovider-select={(event) => {
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
  <media-ferry key={1} provider="relaydanze" />,
  // @ts-expect-error: there is no such route
  <media-ferry key={2} provider="onerouter" route="put" />,
  // @ts-expect-error: it is a number
  <media-ferry key={3} max-files="nine" />,
  // @ts-expect-error: an asset of a queue may be that of a URL, which has no media
  <media-ferry key={4} onupload-success={(event: CustomEvent<{ asset: Asset }>) => event.detail.asset.media} />,
];
