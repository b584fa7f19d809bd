import { readFileSync } from 'node:fs';
import { readCodeBlocks } from '../support/code-blocks.js';
import { allPages } from '../support/pages.js';

function linesOf(path: string): number {
  return readFileSync(path, 'utf8').trimEnd().split('\n').length;
}

describe('The README', () => {
  it('is a front page of at most 190 lines', () => {
    expect(linesOf('README.md')).toBeLessThanOrEqual(190);
  });

  it('says in at most 25 rows which page is for what', () => {
    const [, table = ''] = readFileSync('README.md', 'utf8').split('## I want to …');
    const rows = table
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2);
    expect(rows.length).toBeLessThanOrEqual(25);
    expect(rows.filter((row) => !row.includes('.md)'))).toEqual([]);
  });
});

/** The words of a page that are read as text: not its code, its tables' lines and the targets of its links. */
function wordsOf(path: string): number {
  const text = readFileSync(path, 'utf8')
    .replaceAll(/^( *)```.*?^\1```$/gms, '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/[|#*`>_-]+/g, ' ');
  return text.split(/\s+/).filter((word) => /\w/.test(word)).length;
}

describe('The documentation without the reference', () => {
  const paths = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'docs/index.md'].concat(
    allPages.map((page) => `docs/${page}`),
  );

  it('has at most 60 pages', () => {
    expect(paths.length).toBeLessThanOrEqual(60);
  });

  it('has at most 33,000 words', () => {
    const words = paths.map(wordsOf).reduce((sum, count) => sum + count);
    expect(words).toBeLessThanOrEqual(33_000);
  });
});

describe('A page of docs/', () => {
  it.each(allPages)('has at most 300 lines, which take five minutes to read: %s', (page) => {
    expect(linesOf(`docs/${page}`)).toBeLessThanOrEqual(300);
  });

  it.each(allPages)('says below its title for whom it is: %s', (page) => {
    expect(readFileSync(`docs/${page}`, 'utf8')).toMatch(/^# .*\n\nFor /);
  });

  it.each(allPages)('names the root module AppModule: %s', (page) => {
    const roots = readCodeBlocks(`docs/${page}`).filter(({ code }) =>
      /PropelAuthModule\.forRoot(?:Async)?\(/.test(code),
    );
    const modules = roots.flatMap(
      ({ code }) => code.match(/(?<=^export class )\w*Module\b/gm) ?? [],
    );
    expect(modules.filter((name) => name !== 'AppModule')).toEqual([]);
  });

  it.each(allPages)('begins with a title, and has only one: %s', (page) => {
    const text = readFileSync(`docs/${page}`, 'utf8').replaceAll(/^```.*?^```$/gms, '');
    expect(text).toMatch(/^# \S/);
    expect(text.match(/^# /gm)).toHaveLength(1);
  });
});
