/** The text of a chapter (`## Errors`), without its heading; empty when the page has none. */
export function chapterOf(page: string, heading: string): string {
  return page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
}

/** The cells of all tables of a text, without their heads. */
export function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const isHead = (index: number) => isRule(lines[index + 1] ?? '');
  return lines
    .filter((line, index) => !isHead(index) && !isRule(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** The line below the head of a table. */
function isRule(line: string): boolean {
  return /^\|[\s:|-]+\|$/.test(line);
}

/** What stands in code in a text: `` `a`, `b` ``. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);
}
