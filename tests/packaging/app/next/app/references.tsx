// A client component, which the server renders as well: the package is imported there too, without a DOM.

'use client';

import 'mediaferry/element/react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { run } from '../src/consumer.js';

export function References() {
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
      {isHydrated && <media-ferry provider="relaydance" onupload-success={({ detail }) => setRef(detail.asset.ref)} />}
      <output>{ref}</output>
    </>
  );
}
