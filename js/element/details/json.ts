// Formats a request fragment as JSON in few lines.

/** An object or a list with one member does not start a new line, as in `{ "input": { "image_url": "…" } }`. */
export function json(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const member = ([key, item]: [string, unknown], inner: string) =>
    `${isList ? '' : `${JSON.stringify(key)}: `}${json(item, inner)}`;
  const [first, ...others] = Object.entries(value);
  if (!first) return open + close;
  const space = isList ? '' : ' ';
  if (others.length === 0) return `${open}${space}${member(first, indent)}${space}${close}`;
  const inner = `${indent}  `;
  const lines = [first, ...others].map((entry) => `\n${inner}${member(entry, inner)}`);
  return `${open}${lines.join()}\n${indent}${close}`;
}
