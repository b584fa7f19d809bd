import { readdirSync } from 'node:fs';

/** The folders with pages, without the reference. */
const FOLDERS = ['', 'recipes/', 'contributing/'];

/** All pages of `docs/`, by their path in it, without the home page of the site. */
export const allPages = FOLDERS.flatMap((folder) =>
  readdirSync(`docs/${folder}`)
    .filter((file) => file.endsWith('.md') && file !== 'index.md')
    .map((file) => `${folder}${file}`),
);
