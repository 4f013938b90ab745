// A URL in place of a file, for the providers that fetch one by themselves.

const form = document.querySelector('#address');

/** Calls `take` with each URL that is given; it says whether it has taken it. */
export function takeAddresses(take) {
  const input = form.querySelector('input');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (await take(new URL(input.value))) input.value = '';
  });
}

/** Shows the field where there is use for it. */
export function showAddress({ name, acceptsUrls }) {
  form.hidden = !acceptsUrls;
  form.querySelector('label').textContent = `Or a URL that ${name} fetches`;
}
