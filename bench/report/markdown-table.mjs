/**
 * A Markdown table that also reads well as plain text.
 *
 * @param columns the headings; one that begins with `>` stands over figures, which are aligned to the right
 * @param rows the cells, as text
 */
export function markdownTable(columns, rows) {
  const rightAligned = columns.map((column) => column.startsWith('>'));
  const headings = columns.map((column) => column.replace(/^>/, ''));
  const widths = headings.map((_, index) =>
    Math.max(...[headings, ...rows].map((cells) => cells[index].length)),
  );
  const line = (cells) => `| ${cells.map(pad).join(' | ')} |`;
  const pad = (cell, index) =>
    rightAligned[index] ? cell.padStart(widths[index]) : cell.padEnd(widths[index]);
  const rule = widths.map((width, index) =>
    rightAligned[index] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(headings), line(rule), ...rows.map(line)].join('\n');
}
