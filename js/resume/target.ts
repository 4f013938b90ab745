// Where an upload goes. Only an upload to the same place can continue an interrupted one.

import { OPTION_NAMES } from '../generated/option-names.js';
import type { TaskOptions } from '../upload/serialize-upload.js';

/** What identifies the place; without credentials. */
interface Target {
  provider: string;
  gateway: string;
  options: Record<string, unknown>;
}

/** The place as a text, which is stored. */
export function targetOf({ provider, gateway = '/', ...rest }: TaskOptions): string {
  const values = rest as Record<string, unknown>;
  const options = Object.fromEntries(
    OPTION_NAMES.flatMap((name) => (values[name] == null ? [] : [[name, values[name]]])),
  );
  const target: Target = {
    provider: typeof provider === 'string' ? provider : provider.id,
    gateway: String(gateway),
    options,
  };
  return JSON.stringify(target);
}

/** The id of the provider. */
export const providerOf = (target: string): string => (JSON.parse(target) as Target).provider;

/** The options with which an upload to this place is added. The queue must have a provider of your own itself. */
export function optionsFor(target: string, own: TaskOptions['provider'] | undefined): Partial<TaskOptions> {
  const { provider, gateway, options } = JSON.parse(target) as Target;
  const isOwn = typeof own === 'object' && own.id === provider;
  return { provider: isOwn ? own : provider, gateway, ...options } as Partial<TaskOptions>;
}
