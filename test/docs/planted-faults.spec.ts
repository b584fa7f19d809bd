import { readFileSync } from 'node:fs';
import { rowsOf } from '../support/markdown-tables.js';
import { MISTAKES } from '../support/planted-faults/mistakes/mistakes.js';
import {
  faultRows,
  isUnnoticed,
  mistakeRows,
  unnoticedRows,
  type Rows,
} from '../support/planted-faults/tables.js';

const page = readFileSync('docs/contributing/planted-faults.md', 'utf8');
const security = readFileSync('SECURITY.md', 'utf8');

/** The rows of the first table below a heading, without its head. */
function rowsBelow(text: string, heading: string): Rows {
  const [, after = ''] = text.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const [section = ''] = after.split(/^#/m);
  return rowsOf(section);
}

describe('docs/contributing/planted-faults.md', () => {
  it.each(Object.entries(mistakeRows()))('lists the mistakes of the suite: %s', (heading, rows) => {
    expect(rowsBelow(page, heading)).toEqual(rows);
  });

  it('lists the faults of the suite', () => {
    expect(rowsBelow(page, 'Faults in guarded handlers')).toEqual(faultRows());
  });
});

describe('SECURITY.md', () => {
  it('lists each mistake that nothing notices, with advice', () => {
    expect(rowsBelow(security, 'Mistakes that nothing notices')).toEqual(unnoticedRows());
  });

  it('has advice for each of them', () => {
    const mistakes = Object.values(MISTAKES).flat();
    expect(mistakes.filter((one) => isUnnoticed(one) !== (one.advice !== undefined))).toEqual([]);
  });
});
