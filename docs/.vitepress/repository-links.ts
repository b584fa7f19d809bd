import type { MarkdownRenderer } from 'vitepress';
import { relative } from 'node:path';
import { ROOT, siteImage, siteLink } from './repository.js';

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
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href');
      const source = token.attrGet('src');
      if (token.type === 'link_open' && href !== null) token.attrSet('href', siteLink(href, file));
      if (token.type === 'image' && source !== null) token.attrSet('src', siteImage(source, file));
    }
  });
}
