import { readdirSync } from 'node:fs';

/** The folders of pages that have an index, which the README links to. */
export const INDEXED_FOLDERS = ['recipes'];

/** The pages that the README links to, without the home page of the site. */
export const guides = [
  ...namesIn('docs').filter((page) => page !== 'index.md'),
  ...namesIn('docs/contributing').map((page) => `contributing/${page}`),
];

/** All pages of `docs/` and its folders, by their path in it. */
export const allPages = [
  ...guides,
  ...INDEXED_FOLDERS.flatMap((folder) =>
    namesIn(`docs/${folder}`).map((page) => `${folder}/${page}`),
  ),
];

/** The pages of a folder, without its index. */
export function pagesOf(folder: string): string[] {
  return namesIn(`docs/${folder}`).filter((page) => page !== 'README.md');
}

function namesIn(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith('.md'));
}
