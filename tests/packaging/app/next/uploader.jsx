// A client component, which the server renders as well: the package is imported there too, without a DOM.

'use client';

import { useEffect } from 'react';
import { run } from '../src/consumer';

export function Uploader() {
  useEffect(() => {
    run();
  }, []);
  return <p>An uploader.</p>;
}
