/** Throws if there are no options. `caller` is what expects them, for example `'plan()'`. */
export function assertOptions(options: unknown, caller: string): void {
  if (Object(options) !== options) throw new TypeError(`${caller} expects an object of options, not ${options}`);
}
