// The choice of a provider and of its options: the provider is kept in the hash of the page's URL.

import { providers } from '/mediaferry/index.js';
import { announce, make } from './elements.js';
import { limits } from './limits.js';
import { chosenOptions, showOptions, startOptions } from './options.js';

/**
 * Fills the menu. Calls `onProvider` with the provider when it is chosen, now and later, and `onOptions` whenever something is
 * chosen. Gives functions: `chosen(id)` tells `{ provider, options, missing }`, `choose(id)` chooses another provider, and
 * `ask(missing)` leads to a required option.
 */
export async function startProviders({ onProvider, onOptions }) {
  const select = document.querySelector('#provider');
  const all = await providers();
  const find = (id) => all.find((provider) => provider.id === id);
  const chosen = (id = select.value) => ({ provider: find(id), ...chosenOptions(find(id)) });
  const show = (id) => {
    select.value = id;
    showProvider(find(id));
    onProvider(find(id));
    onOptions(chosen());
  };
  const choose = (id) => {
    history.replaceState(null, '', `#${id}`);
    show(id);
  };
  const follow = () => show((find(location.hash.slice(1)) ?? all[0]).id);

  // On a phone, the place for files would be below the window otherwise.
  const accepts = document.querySelector('#accepts');
  accepts.open = matchMedia('(min-width: 40rem)').matches;
  accepts.hidden = false;
  startOptions(all, () => onOptions(chosen()));
  select.replaceChildren(...all.map(({ id, name }) => new Option(name, id)));
  select.disabled = false;
  follow();
  addEventListener('hashchange', follow);
  select.addEventListener('change', () => choose(select.value));
  return { chosen, choose, ask };
}

/** Leads to the first of the fields that must be filled. */
function ask(missing) {
  const [first] = missing;
  for (const control of missing) control.dispatchEvent(new Event('input'));
  first.focus();
  announce(`Nothing is sent yet: ${first.parentElement.querySelector('.missing').textContent}`);
}

function showProvider(provider) {
  const home = document.querySelector('#home');
  home.href = provider.home;
  home.textContent = new URL(provider.home).host;
  home.hidden = false;
  showOptions(provider);
  document.querySelector('#accepts summary').textContent = `What ${provider.name} accepts`;
  const rows = limits(provider).map(({ what, lines }) =>
    make('div', {}, make('dt', {}, what), ...lines.map((line) => make('dd', {}, line))),
  );
  document.querySelector('#limits').replaceChildren(...rows);
}
