import { readFileSync } from 'node:fs';
import {
  EXCERPTED_FOLDERS,
  excerptedFileOf,
  isExcerpt,
  readCodeBlocks,
} from '../support/code-blocks.js';

/** What a block leaves out of its file. */
const LEFT_OUT = /^\s*(?:--|\/\/) …\n/m;

/** The parts of a block that a file does not have in this order. The first line of the block names the file. */
function partsNotIn(path: string, code: string): string[] {
  const parts = code.slice(code.indexOf('\n') + 1).split(LEFT_OUT);
  let rest = readFileSync(path, 'utf8');
  return parts.filter((part) => {
    const index = rest.indexOf(part);
    rest = rest.slice(index + part.length);
    return part === '' || index === -1;
  });
}

describe('A page with the code of an application', () => {
  it.each(Object.keys(EXCERPTED_FOLDERS))('shows its files unchanged: %s', (page) => {
    const excerpts = readCodeBlocks(page).filter(isExcerpt);
    expect(excerpts.length).toBeGreaterThan(0);
    expect(
      excerpts.flatMap((block) => partsNotIn(excerptedFileOf(block) as string, block.code)),
    ).toEqual([]);
  });

  it('cannot show other code', () => {
    const file = 'examples/basic/src/app.module.ts';
    const [first = '', second = '', third = ''] = readFileSync(file, 'utf8').split('\n');
    const changed = (...lines: string[]) =>
      partsNotIn(file, ['// src/app.module.ts', ...lines, ''].join('\n'));
    expect(changed(first, '// …', third)).toEqual([]);
    expect(changed(`${first} // changed`)).toHaveLength(1);
    expect(changed(second, '// …', first)).toHaveLength(1);
  });
});
