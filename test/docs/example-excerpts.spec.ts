import { readFileSync } from 'node:fs';
import { type CodeBlock, readCodeBlocks } from '../support/code-blocks.js';

/** The pages whose code is that of an example, which runs it, and the folder of the example. */
const PAGES: readonly (readonly [page: string, example: string])[] = [
  ['docs/recipes/linked-accounts.md', 'examples/tenancy'],
  ['docs/recipes/row-level-security.md', 'examples/tenancy'],
];

/** What a block leaves out of its file. */
const LEFT_OUT = /^\s*(?:--|\/\/) …\n/m;

/** The parts of a block that its file, which its first line names, does not have in this order. */
function missingParts({ code, name }: CodeBlock, example: string): string[] {
  const file = /^(?:--|\/\/) (\S+)\n/.exec(code)?.[1];
  if (file === undefined) return [`${name} does not begin with its file`];
  const parts = code.slice(code.indexOf('\n') + 1).split(LEFT_OUT);
  let rest = readFileSync(`${example}/${file}`, 'utf8');
  return parts.filter((part) => {
    const index = rest.indexOf(part);
    rest = rest.slice(index + part.length);
    return part === '' || index === -1;
  });
}

describe('A page with code of an example', () => {
  it.each(PAGES)('shows the code unchanged: %s', (page, example) => {
    const blocks = readCodeBlocks(page).filter(({ language }) => ['ts', 'sql'].includes(language));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.flatMap((block) => missingParts(block, example))).toEqual([]);
  });

  it('cannot show other code', () => {
    const other = { name: 'written:1', language: 'sql' };
    const [begin, end] = ['create role tenancy_owner login;', 'to tenancy_owner;\n'];
    const code = (text: string) => ({ ...other, code: `-- sql/1-roles.sql\n${text}` });
    expect(missingParts(code(begin), 'examples/tenancy')).toEqual([]);
    expect(missingParts(code(`${begin} superuser\n`), 'examples/tenancy')).toHaveLength(1);
    expect(missingParts(code(`${end}-- …\n${begin}`), 'examples/tenancy')).toHaveLength(1);
    expect(missingParts({ ...other, code: begin }, 'examples/tenancy')).toHaveLength(1);
  });
});
