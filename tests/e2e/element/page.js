// Notes every event of the elements, and whether the form has something of it by then.

import '/mediaferry/element.js';
import '/mediaferry/element.js?again';

const NAMES = ['file-added', 'file-removed', 'restriction-failed', 'upload-start', 'upload-success', 'upload-error'];

globalThis.recordedEvents = [];
for (const element of document.querySelectorAll('media-ferry'))
  for (const name of [...NAMES, 'complete', 'change'])
    element.addEventListener(name, ({ detail }) =>
      globalThis.recordedEvents.push([
        element.id,
        name,
        ...Object.keys(detail ?? {}),
        new FormData(element.form).has(element.name),
      ]),
    );
