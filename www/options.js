// What each provider lets its user choose, as fields beside the menu. They are made once, so choices outlive a change.

import { make } from './elements.js';

/** How the options that are known here are called; any other goes by its own name. */
const WORDS = {
  model: {
    label: 'Model',
    // The example of OneRouter's page.
    value: 'bytedance/seedance-2.0/virtual-portrait-reference-to-video',
  },
  route: { label: 'Route', values: { auto: 'Automatic', form: 'Form', url: 'URL' } },
  role: { label: 'Role', placeholder: 'Default' },
  limit: { label: 'Limit', values: { api: 'API', dashboard: 'Dashboard' } },
  // Its first value is no default: without one, the URL's extension says what it is.
  type: {
    label: 'URL type',
    unset: 'By its extension',
    values: { image: 'Image', video: 'Video', audio: 'Audio' },
  },
};

const forms = new Map();

/** Makes the fields of every provider. `onChange` is called when one has another value. */
export function startOptions(providers, onChange) {
  for (const provider of providers) {
    const element = make('div', { className: 'options', hidden: true, data: { provider: provider.id } });
    element.append(...provider.options.map((option) => field(provider, option)));
    forms.set(provider.id, element);
  }
  const all = document.querySelector('#options');
  all.replaceChildren(...forms.values());
  all.addEventListener('input', onChange);
}

/** Shows the fields of one provider, and no others. */
export function showOptions(provider) {
  for (const [id, element] of forms) element.hidden = id !== provider.id || provider.options.length === 0;
}

/** What has been chosen, as options of `upload`, and the required fields that are empty. */
export function chosenOptions(provider) {
  const controls = [...forms.get(provider.id).querySelectorAll('[name]')];
  const entries = controls.map(({ name, value }) => [name, value.trim()]);
  return {
    options: Object.fromEntries(entries.filter(([, value]) => value !== '')),
    missing: controls.filter(({ required, value }) => required && value.trim() === ''),
  };
}

function field(provider, { name, required, values }) {
  const words = WORDS[name] ?? {};
  const id = `option-${provider.id}-${name}`;
  const label = make('label', { htmlFor: id }, words.label ?? name);
  const control = values.length > 0 ? menu(values, words) : make('input', { type: 'text', ...textOf(words) });
  Object.assign(control, { id, name, required, autocomplete: 'off' });
  const element = make('div', { className: 'field' }, label, control);
  if (required) element.append(demand(control, `Required by ${provider.name}.`));
  return element;
}

function textOf({ value = '', placeholder = '' }) {
  return { value, placeholder, spellcheck: false, autocapitalize: 'off' };
}

function menu(values, { unset, values: names = {} }) {
  const options = values.map((value) => new Option(names[value] ?? value, value));
  return make('select', {}, ...(unset ? [new Option(unset, '')] : []), ...options);
}

/** Words that stand below a required field for as long as it is empty. */
function demand(control, text) {
  const note = make('p', { id: `${control.id}-note`, className: 'missing', hidden: true }, text);
  control.setAttribute('aria-describedby', note.id);
  control.addEventListener('input', () => {
    note.hidden = control.value.trim() !== '';
    control.setAttribute('aria-invalid', String(!note.hidden));
  });
  return note;
}
