// The data of `providers()`, in a file of its own because few pages need it.

export { default } from '../generated/providers.json' with { type: 'json' };
