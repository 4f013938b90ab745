// What providers() gives: a file of its own, for few pages ask for it.

export { default } from '../generated/providers.json' with { type: 'json' };
