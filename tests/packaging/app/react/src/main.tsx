import 'mediaferry/element/react';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { run } from './consumer.js';

function References() {
  const [ref, setRef] = useState('');
  useEffect(() => void run(), []);
  return (
    <>
      <media-ferry provider="relaydance" onupload-success={({ detail }) => setRef(detail.asset.ref)} />
      <output>{ref}</output>
    </>
  );
}

createRoot(document.body.appendChild(document.createElement('main'))).render(<References />);
