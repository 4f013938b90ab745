import 'mediaferry/element/solid';
import { createSignal, onMount } from 'solid-js';
import { render } from 'solid-js/web';
import { run } from './consumer.js';

function References() {
  const [ref, setRef] = createSignal('');
  onMount(run);
  return (
    <>
      <media-ferry provider="relaydance" on:upload-success={({ detail }) => setRef(detail.asset.ref)} />
      <output>{ref()}</output>
    </>
  );
}

render(() => <References />, document.body);
