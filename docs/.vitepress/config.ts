import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitepress';
import { anchorOf, BASE, DESCRIPTION, pageOf, REPOSITORY, ROOT, ROOT_PAGES } from './repository.js';
import { repositoryLinks } from './repository-links.js';
import { guideSidebar, referenceSidebar } from './sidebar.js';

const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><path fill='%23e0234e' d='M16 2 4 7v8c0 8 5 13 12 15 7-2 12-7 12-15V7z'/><path fill='none' stroke='white' stroke-width='3' d='m10 16 4 4 8-9'/></svg>";

const DOCS = join(ROOT, 'docs/');

/** What the repository has besides pages. */
const otherEntries = readdirSync(ROOT).filter(
  (entry) => entry !== 'docs' && !(entry in ROOT_PAGES),
);

/** Vue is installed in docs/, and the pages outside import it, too. */
const vueForPagesOutside: Plugin = {
  name: 'vue-for-pages-outside',
  enforce: 'pre',
  resolveId(source, importer, options) {
    if (!/^vue(?:\/|$)/.test(source) || importer?.startsWith(DOCS) === true) return null;
    return this.resolve(source, join(DOCS, 'index.md'), { ...options, skipSelf: true });
  },
};

/** The site of docs/, and of the pages at the root of the repository, which are where GitHub looks for them. */
export default defineConfig({
  title: 'nestjs-propelauth',
  description: DESCRIPTION,
  lang: 'en-US',
  base: BASE,
  cleanUrls: true,
  metaChunk: true, // or each page repeats both sidebars once more
  head: [['link', { rel: 'icon', href: ICON }]],
  srcDir: ROOT,
  srcExclude: [...otherEntries, 'docs/public'].flatMap((entry) => [entry, `${entry}/**`]),
  rewrites: (file) => pageOf(file) ?? file,
  ignoreDeadLinks: 'localhostLinks',
  markdown: {
    anchor: { slugify: anchorOf },
    config: repositoryLinks,
  },
  vite: {
    plugins: [vueForPagesOutside],
    publicDir: join(ROOT, 'docs/public'),
    build: { chunkSizeWarningLimit: 3_000 }, // kB: the search index is in one file
  },
  // The reference is made from the code.
  transformPageData: ({ filePath, frontmatter }) =>
    filePath.startsWith('docs/api/') ? { frontmatter: { ...frontmatter, editLink: false } } : {},
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Reference', link: '/api/', activeMatch: '/api/' },
      { text: 'Changelog', link: '/changelog' },
    ],
    sidebar: { '/': guideSidebar(), '/api/': referenceSidebar() },
    outline: [2, 3],
    search: { provider: 'local' },
    ...(REPOSITORY !== '' && {
      socialLinks: [{ icon: 'github', link: REPOSITORY }],
      editLink: { pattern: `${REPOSITORY}/edit/main/:path`, text: 'Edit this page on GitHub' },
    }),
    footer: { message: 'MIT license. Not made by PropelAuth.' },
  },
});
