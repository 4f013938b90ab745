// Tables in Markdown, which are printed and become part of the document.

/** A measurement and its bar, `atMost` or `atLeast` a number. Without either, it is for information. */
export function bar(what, value, { atMost, atLeast }, unit = ' ×') {
  const measured = { what, value: `${rounded(value)}${unit}` };
  if (atMost !== undefined) return { ...measured, limit: `≤ ${atMost}${unit}`, ok: value <= atMost };
  if (atLeast !== undefined) return { ...measured, limit: `≥ ${atLeast}${unit}`, ok: value >= atLeast };
  return measured;
}

const rounded = (value) => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0));

/** A table of bars. */
export const barTable = (bars) =>
  table(
    ['', 'measured', 'bar', ''],
    bars.map(({ what, value, limit = '', ok }) => [what, value, limit, ok === undefined ? '' : ok ? 'met' : 'MISSED']),
  );

/** A table, aligned, so that it can be read as it is. */
export function table(head, rows) {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => String(row[at]).length)));
  const line = (cells) => `| ${cells.map((cell, at) => String(cell).padEnd(widths[at])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
