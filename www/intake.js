// Where files come from: dropped anywhere, picked, or pasted.

const root = document.documentElement;
let inside = 0;

/** Calls `take` with an array of files each time the user brings some. */
export function takeFiles(take) {
  const give = (files) => files.length > 0 && take([...files]);
  const input = document.querySelector('#file');
  input.addEventListener('change', () => {
    give(input.files);
    input.value = ''; // so that the same file may be picked again
  });

  addEventListener('paste', (event) => {
    const files = event.clipboardData?.files ?? [];
    if (files.length > 0) event.preventDefault();
    give(files);
  });

  // Every child that is entered or left says so; only the balance tells whether the page was left.
  addEventListener('dragenter', (event) => hasFiles(event) && drag(inside + 1));
  addEventListener('dragleave', (event) => hasFiles(event) && drag(inside - 1));
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('drop', async (event) => {
    drag(0);
    if (!hasFiles(event)) return;
    event.preventDefault(); // or the browser opens the file in place of the page
    give(await droppedFiles(event.dataTransfer));
  });
}

function hasFiles(event) {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

function drag(depth) {
  inside = Math.max(0, depth);
  root.classList.toggle('dragging', inside > 0);
}

/** The files, and those inside of folders. All entries must be asked for before the event is over. */
async function droppedFiles({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.());
  if (!entries.some((entry) => entry?.isDirectory)) return [...files];
  const found = await Promise.all(entries.filter(Boolean).map(filesOf));
  return found.flat();
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // at most 100 a time
    if (some.length === 0) return found;
    for (const child of some) found.push(...(await filesOf(child)));
  }
}
