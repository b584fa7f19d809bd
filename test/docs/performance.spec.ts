import { readFileSync } from 'node:fs';

const page = readFileSync('docs/performance.md', 'utf8');
const results = readFileSync('bench/results.md', 'utf8');

/** The rows of all tables, without the spaces that align them. */
function rowsOf(text: string): string[] {
  const rows = text.match(/^\|.*\|$/gm) ?? [];
  return rows.filter((row) => !row.includes('---')).map((row) => row.replaceAll(/ +/g, ' '));
}

/** The items of lists, such as the date and the machine. */
function itemsOf(text: string): string[] {
  return text.match(/^- .*$/gm) ?? [];
}

/** The titles of the parts of the benchmark, without the targets. */
function partsOf(text: string): string[] {
  const titles = [...text.matchAll(/^## (.*)\n\nNode\.js/gm)];
  return titles.map(([, title]) => title as string);
}

/** The figure of a row of the last run, in the column after its name. */
function figureOf(name: string): string {
  const row = rowsOf(results).find((each) => each.startsWith(`| ${name} |`));
  return row?.split(' | ')[1] ?? '';
}

describe('The performance page', () => {
  it('has only figures of the last run of the benchmark', () => {
    const measured = rowsOf(results);
    expect(rowsOf(page).filter((row) => !measured.includes(row))).toEqual([]);
  });

  it('has figures of each part of the benchmark', () => {
    const shown = rowsOf(page);
    const missing = partsOf(results).filter((title) => {
      const part = results.split(`## ${title}\n`)[1]!.split('\n## ')[0]!;
      return !rowsOf(part).some((row) => shown.includes(row));
    });
    expect(partsOf(results)).toHaveLength(8);
    expect(missing).toEqual([]);
  });

  it('names the date and the machine of the last run', () => {
    expect(itemsOf(page)).toEqual(itemsOf(results).slice(0, 2));
  });
});

describe('The README', () => {
  it('compares the speed as measured', () => {
    const [, text = ''] =
      /^- \*\*Fast\.\*\*([^]*?)^$/m.exec(readFileSync('README.md', 'utf8')) ?? [];
    const requests = (name: string) => Number(figureOf(name).replace(',', ''));
    const ratio = requests('nestjs-propelauth, one token') / requests('@propelauth/express');
    expect(ratio).toBeGreaterThan(3);
    expect(text).toContain('up to three times the requests of `@propelauth/express`');
    expect(figureOf("a known token: the guard's canActivate")).toMatch(/^\d{3} ns/);
    expect(text).toContain('less than a microsecond');
  });
});
