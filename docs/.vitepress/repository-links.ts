import type { MarkdownRenderer } from 'vitepress';
import { relative } from 'node:path';
import { ROOT, siteImage, siteLink } from './repository.js';

type Token = NonNullable<ReturnType<MarkdownRenderer['parse']>[number]>;

/** What VitePress says of the page that it renders. */
interface Page {
  readonly path: string;
  /** Its file, where the site gives the page another name. */
  readonly realPath?: string;
}

/** Pages link to each other as GitHub and npmjs.com need it. On the site, the links lead to its pages, and the images are its own. */
export function repositoryLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const { path, realPath = path } = env as Page;
    const file = relative(ROOT, realPath);
    for (const token of tokens) {
      if (token.children === null) continue;
      token.children = withoutDeadLinks(token.children, file);
      for (const child of token.children) {
        const source = child.attrGet('src');
        if (child.type !== 'image' || source === null) continue;
        child.attrSet('src', siteImage(source, file));
      }
    }
  });
}

/** What stands in a line, with the links of the site. Of a link that leads nowhere, its text stays. */
function withoutDeadLinks(children: Token[], file: string): Token[] {
  let isDead = false;
  return children.filter((child) => {
    const href = child.attrGet('href');
    if (child.type === 'link_open' && href !== null) {
      const target = siteLink(href, file);
      isDead = target === undefined;
      if (target !== undefined) child.attrSet('href', target);
    }
    return !isDead || !/^link_(?:open|close)$/.test(child.type);
  });
}
