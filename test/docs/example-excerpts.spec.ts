import { readFileSync } from 'node:fs';
import {
  EXCERPTED_FOLDERS,
  excerptedFileOf,
  isExcerpt,
  type CodeBlock,
  readCodeBlocks,
} from '../support/code-blocks.js';

/** The pages all of whose code is that of an application, which tests it, and its folder. */
const PAGES: readonly (readonly [page: string, folder: string])[] = [];

/** What a block leaves out of its file. */
const LEFT_OUT = /^\s*(?:--|\/\/) …\n/m;

/** The parts of a block that its file, which its first line names, does not have in this order. */
function missingParts({ code, name }: CodeBlock, folder: string): string[] {
  const file = /^(?:--|\/\/) (\S+)\n/.exec(code)?.[1];
  if (file === undefined) return [`${name} does not begin with its file`];
  return partsNotIn(`${folder}/${file}`, code);
}

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
  it.each(PAGES)('shows the code unchanged: %s', (page, folder) => {
    const blocks = readCodeBlocks(page).filter(({ language }) => ['ts', 'sql'].includes(language));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.flatMap((block) => missingParts(block, folder))).toEqual([]);
  });

  it.each(Object.keys(EXCERPTED_FOLDERS))('shows files of others unchanged: %s', (page) => {
    const excerpts = readCodeBlocks(page).filter(isExcerpt);
    expect(excerpts.length).toBeGreaterThan(0);
    expect(
      excerpts.flatMap((block) => partsNotIn(excerptedFileOf(block) as string, block.code)),
    ).toEqual([]);
  });

  it('cannot show other code', () => {
    const other = { name: 'written:1', language: 'sql' };
    const [begin, end] = ['create role tenancy_owner login;', 'to tenancy_owner;\n'];
    const code = (text: string) => ({ ...other, code: `-- sql/1-roles.sql\n${text}` });
    expect(missingParts(code(begin), 'test/tenancy')).toEqual([]);
    expect(missingParts(code(`${begin} superuser\n`), 'test/tenancy')).toHaveLength(1);
    expect(missingParts(code(`${end}-- …\n${begin}`), 'test/tenancy')).toHaveLength(1);
    expect(missingParts({ ...other, code: begin }, 'test/tenancy')).toHaveLength(1);
  });
});
