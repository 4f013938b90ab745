// The server renders it too.

import 'mediaferry/element/react';
import { providers } from 'mediaferry';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { run } from '../../src/consumer.js';
import type { Route } from './+types/references';

export const loader = async () => ({ names: (await providers()).map(({ name }) => name) });

export default function References({ loaderData }: Route.ComponentProps) {
  const [ref, setRef] = useState('');
  // The hydration of React attaches no listeners to custom elements.
  const isHydrated = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  useEffect(() => void run(), []);
  return (
    <>
      <p>{loaderData.names.join(', ')}</p>
      {isHydrated && <media-ferry provider="relaydance" onupload-success={({ detail }) => setRef(detail.asset.ref)} />}
      <output>{ref}</output>
    </>
  );
}
