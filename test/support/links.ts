import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as {
  repository: { url: string };
};

/** The address of the repository, as package.json has it. */
export const REPOSITORY = packageJson.repository.url.replace(/^git\+|\.git$/g, '');

/** What the address of a file in the repository begins with: a page, a folder, or an image. */
const FILE_ADDRESS = new RegExp(`^${REPOSITORY}/(?:blob|tree|raw)/main/`);

/** The links of a Markdown file into this repository that lead nowhere, as `README.md: docs/nothing.md`. */
export function findBrokenLinks(path: string): string[] {
  return linksOf(path)
    .filter((link) => isRelative(link) || FILE_ADDRESS.test(link))
    .filter((link) => !leadsSomewhere(path, link))
    .map((link) => `${path}: ${link}`);
}

/** The links of a Markdown file that work only where the files of the repository are. */
export function findRelativeLinks(path: string): string[] {
  return linksOf(path).filter((link) => isRelative(link) && !link.startsWith('#'));
}

function isRelative(link: string): boolean {
  return !/^\w+:/.test(link);
}

function linksOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
}

function leadsSomewhere(path: string, link: string): boolean {
  const [file = '', heading] = link.replace(FILE_ADDRESS, '').split('#');
  const folder = isRelative(link) ? join(path, '..') : '.';
  const target = file === '' ? path : join(folder, file);
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(readFileSync(target, 'utf8')).includes(heading);
}

/** The headings as GitHub names them in addresses. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
