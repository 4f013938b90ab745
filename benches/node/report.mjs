// Tables in Markdown, which are printed and become part of the document.

/** Returns a measurement with its limit, `atMost` or `atLeast`. Without a limit, it is only informative. */
export function bar(what, value, { atMost, atLeast }, unit = ' ×') {
  const measured = { what, value: `${rounded(value)}${unit}` };
  if (atMost !== undefined) return { ...measured, limit: `≤ ${atMost}${unit}`, ok: value <= atMost };
  if (atLeast !== undefined) return { ...measured, limit: `≥ ${atLeast}${unit}`, ok: value >= atLeast };
  return measured;
}

const rounded = (value) => (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(0));

/** Returns a table of measurements with limits. */
export const barTable = (bars) =>
  table(
    ['', 'measured', 'bar', ''],
    bars.map(({ what, value, limit = '', ok }) => [what, value, limit, ok === undefined ? '' : ok ? 'met' : 'MISSED']),
  );

/** Returns a table with aligned columns, so that its source is readable. */
export function table(head, rows) {
  const widths = head.map((_, at) => Math.max(3, ...[head, ...rows].map((row) => String(row[at]).length)));
  const line = (cells) => `| ${cells.map((cell, at) => String(cell).padEnd(widths[at])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
