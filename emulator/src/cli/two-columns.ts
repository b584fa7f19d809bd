const INDENT = '  ';
const LINE_WIDTH = 96;
const LEFT_WIDTH = 40;

/** Lines of two columns, for terminals of 100 columns. What does not fit on the right is wrapped between words. */
export function twoColumns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const lengths = rows.map(([left]) => left.length).filter((length) => length <= LEFT_WIDTH);
  const leftWidth = Math.max(0, ...lengths);
  const margin = `${INDENT}${' '.repeat(leftWidth)}${INDENT}`;
  return rows.flatMap(([left, right]) => {
    const [first = '', ...others] = wrap(right, LINE_WIDTH - margin.length);
    const start =
      left.length > leftWidth
        ? [`${INDENT}${left}`, margin + first]
        : [`${INDENT}${left.padEnd(leftWidth)}${INDENT}${first}`];
    return [...start, ...others.map((line) => margin + line)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length === 0 || longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
