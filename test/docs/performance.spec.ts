import { readFileSync } from 'node:fs';

/** The rows of the tables of a page, without the spaces that align them. */
function rowsOf(path: string): string[] {
  const rows = readFileSync(path, 'utf8').match(/^\|.*\|$/gm) ?? [];
  return rows.filter((row) => !row.includes('---')).map((row) => row.replaceAll(/ +/g, ' '));
}

describe('The performance page', () => {
  it('has the figures of the last run of the benchmark', () => {
    const rows = rowsOf('docs/performance.md');
    expect(rows.length).toBeGreaterThan(15);
    const measured = rowsOf('bench/results.md');
    expect(rows.filter((row) => !measured.includes(row))).toEqual([]);
  });
});
