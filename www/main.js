// The demo page: a provider with its options, files and URLs from anywhere, and a card for each.

import { init } from '/mediaferry/index.js';
import { showAddress, takeAddresses } from './address.js';
import { showAssets } from './assets.js';
import { takeFiles } from './intake.js';
import { List } from './list.js';
import { startProviders } from './provider.js';

const choice = startProviders((provider) => {
  showAddress(provider);
  showAssets(provider);
});
const list = new List(choice);

choice.catch(showFailure);
// Loaded while a file is picked, and once and for all: the gateway may be gone by then.
init().catch(showFailure);
takeFiles((files, errors) => {
  showAlert(errors.length > 0 ? `Items that could not be read: ${errors.length}.` : '');
  list.add(files).catch(showFailure);
});
takeAddresses((url) => list.add([url]).catch(showFailure));
document.querySelector('#clear').addEventListener('click', () => list.clearFinished());
globalThis.addEventListener('beforeunload', (event) => {
  if (list.isBusy) event.preventDefault();
});

function showFailure(error) {
  showAlert(`The page does not work: ${error.message} Reload it to try again.`);
}

function showAlert(text) {
  const alert = document.querySelector('#alert');
  alert.hidden = text === '';
  alert.textContent = text;
}
