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

  it('wraps lines of more than 96 columns between words, without losing a word', () => {
    const lines = twoColumns([['name', LONG]]);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(96);
    for (const line of lines.slice(1)) expect(line).toMatch(/^ {8}word/);
    expect(lines.join(' ').split(/ +/)).toEqual(['', 'name', ...LONG.split(' ')]);
  });

  it('puts a left column of more than 40 characters on its own line', () => {
    const left = 'x'.repeat(41);
    const rows = [
      [left, 'one'],
      ['short', 'two'],
    ] as const;
    expect(twoColumns(rows)).toEqual([`  ${left}`, '         one', '  short  two']);
    expect(twoColumns([[left, 'one']])).toEqual([`  ${left}`, '    one']);
  });

  it('returns no lines for no rows', () => {
    expect(twoColumns([])).toEqual([]);
  });
});
