import { twoColumns } from './two-columns.js';

const LONG = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');

describe('twoColumns()', () => {
  it('aligns the right column', () => {
    const rows = [
      ['a', 'one'],
      ['long', 'two'],
    ] as const;
    expect(twoColumns(rows)).toEqual(['  a     one', '  long  two']);
  });

  it('wraps between words what is wider than 96 columns, and loses no word', () => {
    const lines = twoColumns([['name', LONG]]);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(96);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {8}word/);
    expect(lines.join(' ').split(/ +/)).toEqual(['', 'name', ...LONG.split(' ')]);
  });

  it('puts a left text of more than 40 columns on a line of its own', () => {
    const left = 'x'.repeat(41);
    const rows = [
      [left, 'one'],
      ['short', 'two'],
    ] as const;
    expect(twoColumns(rows)).toEqual([`  ${left}`, '         one', '  short  two']);
    expect(twoColumns([[left, 'one']])).toEqual([`  ${left}`, '    one']);
  });

  it('has no lines without rows', () => {
    expect(twoColumns([])).toEqual([]);
  });
});
