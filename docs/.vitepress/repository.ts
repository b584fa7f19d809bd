import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** Commands run at the root of the repository. What tests load of these files is compiled elsewhere. */
export const ROOT = resolve('.');

const packageJson = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  description: string;
  repository?: { url: string };
};

export const { description: DESCRIPTION } = packageJson;

/** The address of the repository; empty until `npm run set-owner` writes it into package.json. */
export const REPOSITORY = packageJson.repository?.url.replace(/^git\+|\.git$/g, '') ?? '';

/** The folder in which GitHub Pages serves the site: the name of the repository, which is that of the package. */
export const BASE = `/${packageJson.name}/`;

/** The pages outside docs/, by the addresses that the site gives them. */
export const ROOT_PAGES: Readonly<Record<string, string>> = {
  'README.md': 'readme.md',
  'SECURITY.md': 'security.md',
  'CHANGELOG.md': 'changelog.md',
  'CONTRIBUTING.md': 'contributing.md',
};

/** What the site calls a page that is this file of the repository; undefined if it is no page. */
export function pageOf(file: string): string | undefined {
  const page = ROOT_PAGES[file] ?? /^docs\/(.+\.md)$/.exec(file)?.[1];
  return page?.replace(/(^|\/)README\.md$/, '$1index.md');
}

/** The file of this repository that a link in another one of its files leads to; undefined for any other link. */
export function fileOf(link: string, from: string): string | undefined {
  const path = decodeURI(link.replace(/[?#].*$/, ''));
  if (path === '' || /^(?:\w+:|\/)/.test(path)) return undefined;
  return relative(ROOT, resolve(ROOT, from, '..', path));
}

/**
 * Where a link in a file of the repository leads to on the site: to a page of the site if it has one, else to GitHub.
 *
 * @returns undefined if the file is no page, and the address of the repository is not known
 */
export function siteLink(link: string, from: string, repository = REPOSITORY): string | undefined {
  const file = fileOf(link, from);
  if (file === undefined || !existsSync(join(ROOT, file))) return link;
  const hash = /#.*$/.exec(link)?.[0] ?? '';
  const page = pageOf(file);
  if (page !== undefined) return `/${page}${hash}`;
  if (repository === '') return undefined;
  const kind = statSync(join(ROOT, file)).isDirectory() ? 'tree' : 'blob';
  return `${repository}/${kind}/main/${file}${hash}`;
}

/** Where the site takes an image from: the file itself, when the repository has it. */
export function siteImage(source: string, from: string): string {
  const file = fileOf(source, from);
  if (file === undefined || !existsSync(join(ROOT, file))) return source;
  const path = relative(resolve(ROOT, from, '..'), join(ROOT, file));
  return path.startsWith('.') ? path : `./${path}`;
}

/** The anchor that GitHub gives a heading, so that a link to it works in both places. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
