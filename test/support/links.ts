import { existsSync, readFileSync } from 'node:fs';
import { anchorOf, fileOf } from '../../docs/.vitepress/repository.js';

/** The links of a Markdown file into this repository that lead nowhere, as `README.md: docs/nothing.md`. */
export function findBrokenLinks(path: string): string[] {
  return linksOf(path)
    .filter((link) => !leadsSomewhere(path, link))
    .map((link) => `${path}: ${link}`);
}

function isRelative(link: string): boolean {
  return !/^\w+:/.test(link);
}

function linksOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
}

/** Links to other sites are not followed. */
function leadsSomewhere(path: string, link: string): boolean {
  const target = link.startsWith('#') ? path : fileOf(link, path);
  if (target === undefined) return !isRelative(link);
  const heading = /#(.*)$/.exec(link)?.[1];
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(readFileSync(target, 'utf8')).includes(heading);
}

/** The headings as GitHub names them in addresses. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}
