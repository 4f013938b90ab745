// A page with both hooks, under StrictMode, and what a test wants to know of its renderings.

import { useUpload, useUploader } from 'mediaferry/react';
import { memo, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

const recorded = { renderings: {}, events: [], stages: [] };
globalThis.recorded = recorded;

function Page() {
  const [provider, setProvider] = useState('modelhunter');
  const [isOpen, setIsOpen] = useState(true);
  return (
    <>
      <select id="provider" value={provider} onChange={(event) => setProvider(event.target.value)}>
        <option>modelhunter</option>
        <option>relaydance</option>
      </select>
      <button type="button" id="close" onClick={() => setIsOpen(false)}>
        Close
      </button>
      {isOpen && <Queue provider={provider} />}
      <Single provider={provider} />
    </>
  );
}

function Queue({ provider }) {
  const { uploads, progress, addAll, remove, pauseAll, resumeAll, retryAll, cancelAll, uploader } = useUploader(
    { provider, concurrency: 2, onStage: (stage) => recorded.stages.push(`${provider} ${stage}`) },
    {
      'upload-success': (_, { ref }) => recorded.events.push(`${provider} has ${ref.includes(provider)}`),
      complete: ({ successful, failed }) => recorded.events.push(`${successful.length} and ${failed.length}`),
    },
  );
  recorded.uploader = uploader;
  return (
    <section id="queue">
      <input
        type="file"
        multiple
        onChange={({ target }) => {
          addAll(target.files);
          target.value = ''; // WebDriver adds to what an input has
        }}
      />
      <p id="total">
        {progress.succeeded} of {progress.files}
      </p>
      {Object.entries({ pauseAll, resumeAll, retryAll, cancelAll }).map(([name, act]) => (
        <button type="button" key={name} id={name} onClick={act}>
          {name}
        </button>
      ))}
      {uploads.map((upload) => (
        <Row key={upload.id} upload={upload} remove={remove} />
      ))}
    </section>
  );
}

const Row = memo(function Row({ upload, remove }) {
  const { name, status, stage, asset, error } = upload;
  recorded.renderings[name] = (recorded.renderings[name] ?? 0) + 1;
  return (
    <p data-name={name} data-status={status} data-stage={stage} data-ref={asset?.ref} data-code={error?.code}>
      <button type="button" onClick={() => remove(upload)}>
        Remove {name}
      </button>
    </p>
  );
});

function Single({ provider }) {
  const { upload, status, progress, asset, error, abort, retry, reset, pause, resume } = useUpload({ provider });
  return (
    <section id="single" data-status={status} data-fraction={progress.fraction} data-sum={asset?.sha256}>
      <input type="file" onChange={(event) => upload(event.target.files[0])} />
      {Object.entries({ abort, retry, reset, pause, resume }).map(([name, act]) => (
        <button type="button" key={name} id={name} onClick={act}>
          {name}
        </button>
      ))}
      <p>{error?.message}</p>
    </section>
  );
}

createRoot(document.querySelector('#root')).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
