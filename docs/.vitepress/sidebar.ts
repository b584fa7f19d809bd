import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, ROOT } from './repository.js';

/** What VitePress calls `DefaultTheme.SidebarItem`. Tests read this file without VitePress. */
interface SidebarItem {
  text?: string;
  link?: string;
  items?: SidebarItem[];
  collapsed?: boolean;
}

/** A page of the sidebar, by its file in the repository: what the sidebar calls it. */
type Group = Readonly<Record<string, string>>;

/** The guides by task, which llms.txt lists as well. A page that is missing there fails test/docs/site.spec.ts. */
const GUIDES = JSON.parse(
  readFileSync(join(ROOT, 'docs/.vitepress/guides.json'), 'utf8'),
) as Readonly<Record<string, Group>>;

const REFERENCE = join(ROOT, 'docs/api/typedoc-sidebar.json');

/** The sidebar of the guides. */
export function guideSidebar(): SidebarItem[] {
  return Object.entries(GUIDES).map(([text, pages]) => ({
    text,
    collapsed: false,
    items: Object.entries(pages).map(([file, title]) => ({ text: title, link: linkOf(file) })),
  }));
}

/** The sidebar of the reference, as `npm run docs:api` has written it. */
export function referenceSidebar(): SidebarItem[] {
  if (!existsSync(REFERENCE)) return [];
  const entries = JSON.parse(readFileSync(REFERENCE, 'utf8')) as SidebarItem[];
  return [{ text: 'Entry points', link: '/api/' }, ...entries];
}

function linkOf(file: string): string {
  return `/${pageOf(file)}`.replace(/(?:index)?\.md$/, '');
}
