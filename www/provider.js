// The choice of a provider and of its options: the provider is kept in the address's hash.

import { providers } from '/mediaferry/index.js';
import { announce } from './announce.js';
import { make } from './elements.js';
import { chosenOptions, showOptions, startOptions } from './options.js';
import { takes } from './takes.js';

/**
 * Fills the menu. Calls `changed` with the provider that is chosen, now and later, and gives a function that tells it
 * with its options: `{ provider, options }`, or nothing where a required one is missing, which it shows then.
 * The function may be asked for another provider, by its id, as well.
 */
export async function startProviders(changed) {
  const select = document.querySelector('#provider');
  const all = await providers();
  const find = (id) => all.find((provider) => provider.id === id);
  const show = () => {
    const provider = find(select.value);
    showProvider(provider);
    changed(provider);
  };
  const choose = (id) => {
    select.value = id;
    history.replaceState(null, '', `#${id}`);
    show();
  };
  const follow = () => {
    select.value = (find(location.hash.slice(1)) ?? all[0]).id;
    show();
  };

  startOptions(all);
  select.replaceChildren(...all.map(({ id, name }) => new Option(name, id)));
  select.disabled = false;
  follow();
  addEventListener('hashchange', follow);
  select.addEventListener('change', () => choose(select.value));

  return (id = select.value) => {
    const provider = find(id);
    const { options, missing } = chosenOptions(provider);
    if (missing.length === 0) return { provider, options };
    if (id !== select.value) choose(id);
    ask(missing);
    return undefined;
  };
}

/** Leads to the first of the fields that must be filled. */
function ask(missing) {
  for (const control of missing) control.dispatchEvent(new Event('input'));
  missing[0].focus();
  announce('missing', `Nothing is sent yet: ${missing[0].parentElement.querySelector('.missing').textContent}`);
}

function showProvider(provider) {
  const home = document.querySelector('#home');
  home.href = provider.home;
  home.textContent = new URL(provider.home).host;
  home.hidden = false;
  showOptions(provider);

  const rows = takes(provider).map(({ what, lines }) =>
    make('div', {}, make('dt', {}, what), ...lines.map((line) => make('dd', {}, line))),
  );
  const notes = provider.notes.map((note) => make('div', {}, make('dt', {}, 'Note'), make('dd', {}, note)));
  document.querySelector('#takes').replaceChildren(...rows, ...notes);

  const extensions = provider.accepts.flatMap((limits) => limits.extensions.map((extension) => `.${extension}`));
  const mimes = provider.accepts.flatMap((limits) => limits.mimes);
  document.querySelector('#file').accept = [...mimes, ...extensions].join();
}
