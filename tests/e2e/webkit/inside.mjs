// What runs in the page itself. Each function travels as its text, so it uses nothing from outside.

/** Begins to keep what tests ask for: values behind handles, and what goes wrong. WebDriver tells of none of it. */
export function prepare() {
  const driven = { held: [document], wrong: [] };
  globalThis.driven = driven;
  const note = (text) => driven.wrong.push(text);
  addEventListener('error', ({ message }) => message && note(message));
  addEventListener('unhandledrejection', ({ reason }) => note(`${reason}`));
  document.addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) =>
    note(`Content Security Policy: ${blockedURI} breaks ${effectiveDirective}`),
  );
  const { error } = console;
  console.error = (...words) => {
    note(words.join(' '));
    error.apply(console, words);
  };
}

/** Calls a function, and gives as JSON what it gave, or the number to ask for it by, and what has gone wrong since. */
export async function perform(code, given, keep) {
  const { held, wrong } = globalThis.driven;
  const answer = {};
  try {
    const result = await code(...given.map((one) => ('held' in one ? held[one.held] : one.value)));
    answer.value = keep && result ? held.push(result) - 1 : result;
  } catch (error) {
    answer.error = error?.message ?? String(error);
  }
  return JSON.stringify({ ...answer, wrong: wrong.splice(0) });
}

/** Waits for an element that is there, that is seen, or that is not seen any more. */
export async function find(root, selector, { visible, hidden, timeout = 30_000 } = {}) {
  for (const end = Date.now() + timeout; Date.now() < end; ) {
    const element = root.querySelector(selector);
    const seen = element?.checkVisibility({ visibilityProperty: true });
    if (hidden ? !seen : visible ? seen : element) return element;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waiting for ${selector} took more than ${timeout} ms`);
}

/** Chooses from a list as a person would. */
export function choose(list, value) {
  list.value = value;
  for (const type of ['input', 'change']) list.dispatchEvent(new Event(type, { bubbles: true }));
}
