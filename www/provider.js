// The choice of a provider, kept in the address's hash, and what the chosen one takes.

import { providers } from '/mediaferry/index.js';
import { takes } from './words.js';

/** Fills the menu; gives a function that tells the chosen provider. */
export async function startProviders() {
  const select = document.querySelector('#provider');
  const all = await providers();
  const current = () => all.find(({ id }) => id === select.value) ?? all[0];
  const follow = () => {
    const id = location.hash.slice(1);
    select.value = all.some((provider) => provider.id === id) ? id : all[0].id;
    show(current());
  };

  select.replaceChildren(...all.map(({ id, name }) => new Option(name, id)));
  select.disabled = false;
  follow();
  addEventListener('hashchange', follow);
  select.addEventListener('change', () => {
    history.replaceState(null, '', `#${select.value}`);
    show(current());
  });
  return { current };
}

function show(provider) {
  const home = document.querySelector('#home');
  home.href = provider.home;
  home.textContent = new URL(provider.home).host;
  home.hidden = false;

  const rows = takes(provider).map(({ what, formats, limits }) => {
    const row = document.createElement('div');
    row.append(text('dt', what), text('dd', formats, 'formats'), text('dd', limits, 'limits'));
    return row;
  });
  document.querySelector('#takes').replaceChildren(...rows);

  const extensions = provider.accepts.flatMap((limits) => limits.extensions.map((extension) => `.${extension}`));
  const mimes = provider.accepts.flatMap((limits) => limits.mimes);
  document.querySelector('#file').accept = [...mimes, ...extensions].join();
}

function text(tag, content, className = '') {
  const element = document.createElement(tag);
  element.textContent = content;
  element.className = className;
  return element;
}
