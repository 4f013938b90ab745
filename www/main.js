// The demo page: a provider with its options, <media-ferry> with what it can show, URLs, and a list of assets.

import '/mediaferry/element.js';
import { filesFrom, init } from '/mediaferry/index.js';
import { showAssets } from './assets.js';
import { startProviders } from './provider.js';
import { showTogether } from './together.js';

const find = (selector) => document.querySelector(selector);
const files = find('#files');
const choice = startProviders({ onProvider: showProvider, onOptions: applyOptions });

choice.catch(showFailure);
// Loaded while a file is picked, and once and for all: the gateway may be gone by then.
init().catch(showFailure);

function showProvider(provider) {
  find('#by-url').hidden = !provider.acceptsUrls;
  find('#by-url label').textContent = `Or a URL that ${provider.name} fetches`;
  showAssets(provider);
}

/** Applies what is chosen to files that are added from now on. Without a required option, none can be added. */
function applyOptions({ provider, options, missing }) {
  files.disabled = missing.length > 0;
  files.options = { provider: provider.id, ...options };
}

/** Uploads files or URLs; if a required option is missing, leads to it. Call it in the event handler. */
async function add(sources) {
  // Before anything is awaited, because browsers empty the event afterwards.
  const found = filesFrom(sources);
  const { missing } = (await choice).chosen();
  if (missing.length > 0) return ask(missing);
  const { files: all, errors } = await found;
  showAlert(errors.length > 0 ? `Items that could not be read: ${errors.length}.` : '');
  await files.uploader.addAll(all);
  return true;
}

async function ask(missing) {
  (await choice).ask(missing);
}

// Files may be dropped and pasted anywhere. The element takes by itself what is dropped on it.
const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes('Files');
addEventListener('dragenter', (event) => hasFiles(event) && files.classList.add('target'));
addEventListener('dragleave', ({ relatedTarget }) => relatedTarget ?? files.classList.remove('target'));
addEventListener('dragover', (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  // Also over the disabled element, which refuses: the page then says what is missing.
  event.dataTransfer.dropEffect = 'copy';
});
addEventListener('drop', (event) => {
  files.classList.remove('target');
  if (hasFiles(event) && isForPage(event)) add(event).catch(showFailure);
});
addEventListener('paste', (event) => {
  if (event.clipboardData?.files.length && isForPage(event)) add(event).catch(showFailure);
});
// Browsers dispatch no click on a disabled field, so page.css lets it pass to the section.
files.parentElement.addEventListener('click', ({ target, currentTarget }) => {
  if (files.disabled && target === currentTarget) add([]).catch(showFailure);
});

/** Whether the element has not taken what this event brings. Then the browser must not open it. */
function isForPage(event) {
  if (event.defaultPrevented) return false;
  event.preventDefault();
  return true;
}

find('#by-url').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (await add(find('#url').value).catch(showFailure)) find('#url').value = '';
});

find('#fix').addEventListener('change', ({ target }) => {
  files.fix = target.checked;
});
find('#grid').addEventListener('change', ({ target }) => {
  files.view = target.checked ? 'grid' : '';
});

// With the options that are chosen for that provider, which may lack a required one.
files.addEventListener('provider-select', async (event) => {
  event.preventDefault();
  const { task, provider } = event.detail;
  const { chosen, choose } = await choice;
  const { options, missing } = chosen(provider);
  if (missing.length > 0) {
    choose(provider);
    return ask(missing);
  }
  files.uploader.remove(task);
  files.uploader.add(task.source, { ...options, provider });
});

files.addEventListener('change', () => showTogether(files.assets).catch(showFailure));
addEventListener('beforeunload', (event) => {
  const { files: all, succeeded, failed } = files.uploader.progress;
  if (all > succeeded + failed) event.preventDefault();
});

function showFailure(error) {
  showAlert(`The page does not work: ${error.message} Reload it to try again.`);
}

function showAlert(text) {
  find('#alert').hidden = text === '';
  find('#alert').textContent = text;
}
