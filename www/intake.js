// Where files come from: dropped anywhere, picked, or pasted.

import { filesFrom } from '/mediaferry/index.js';

const root = document.documentElement;
let inside = 0;

/** Calls `take` with an array of files each time the user brings some, and with the errors of those that cannot be read. */
export function takeFiles(take) {
  const give = async (sources) => {
    const { files, errors } = await filesFrom(sources);
    if (files.length + errors.length > 0) take(files, errors);
  };
  const input = document.querySelector('#file');
  input.addEventListener('change', () => {
    give([...input.files]);
    input.value = ''; // so that the same file may be picked again
  });

  addEventListener('paste', (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    give(event);
  });

  // Every child that is entered or left says so; only the balance tells whether the page was left.
  addEventListener('dragenter', (event) => hasFiles(event) && drag(inside + 1));
  addEventListener('dragleave', (event) => hasFiles(event) && drag(inside - 1));
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('drop', (event) => {
    drag(0);
    if (!hasFiles(event)) return;
    event.preventDefault(); // or the browser opens the file in place of the page
    give(event);
  });
}

function hasFiles(event) {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

function drag(depth) {
  inside = Math.max(0, depth);
  root.classList.toggle('dragging', inside > 0);
}
