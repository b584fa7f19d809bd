import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { pageOf, ROOT_PAGES, siteImage, siteLink } from '../../docs/.vitepress/repository.js';
import { guideSidebar } from '../../docs/.vitepress/sidebar.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** The pages of the site, but for the home page and the reference. */
const pages = [
  ...Object.keys(ROOT_PAGES),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) =>
      /^(?!index\.md|api\/|node_modules\/|public\/|\.vitepress\/).*\.md$/.test(file),
    )
    .map((file) => `docs/${file}`),
];

describe('The sidebar of the site', () => {
  it('lists every page once', () => {
    const links = guideSidebar().flatMap(({ items = [] }) => items.map(({ link }) => String(link)));
    const expected = pages.map((file) => `/${pageOf(file)}`.replace(/(?:index)?\.md$/, ''));
    expect(links.toSorted()).toEqual(expected.toSorted());
  });

  it('gives every page a unique name in its group', () => {
    for (const { items = [] } of guideSidebar()) {
      const names = items.map(({ text }) => text);
      expect(names).not.toContain('');
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

const REPOSITORY = 'https://github.com/acme/nestjs-propelauth';

describe('A link on the site', () => {
  it.each([
    ['errors.md#codes', 'docs/options.md', '/errors.md#codes'],
    ['../SECURITY.md', 'docs/options.md', '/security.md'],
    ['../README.md#quick-start', 'docs/options.md', '/readme.md#quick-start'],
    ['../errors.md', 'docs/recipes/trpc.md', '/errors.md'],
    ['docs/errors.md', 'README.md', '/errors.md'],
    ['docs/recipes/trpc.md', 'README.md', '/recipes/trpc.md'],
    ['.oxlintrc.json', 'CONTRIBUTING.md', `${REPOSITORY}/blob/main/.oxlintrc.json`],
    ['test/compat', 'CONTRIBUTING.md', `${REPOSITORY}/tree/main/test/compat`],
    ['../examples', 'docs/options.md', `${REPOSITORY}/tree/main/examples`],
    ['#options', 'docs/errors.md', '#options'],
    ['nothing.md', 'docs/errors.md', 'nothing.md'],
    ['https://docs.nestjs.com/errors.md', 'docs/errors.md', 'https://docs.nestjs.com/errors.md'],
  ])('%s of %s leads to %s', (link, file, target) => {
    expect(siteLink(link, file, REPOSITORY)).toBe(target);
  });

  it('to a file that is no page leads nowhere while nobody knows where the repository is', () => {
    expect(siteLink('../examples', 'docs/options.md', '')).toBeUndefined();
  });

  it('to a picture of the repository leads to the site’s own copy', () => {
    expect(siteImage('../bench/results.svg', 'docs/operations.md')).toBe('../bench/results.svg');
    expect(siteImage('bench/results.svg', 'README.md')).toBe('./bench/results.svg');
  });
});

/** What it prints for a site with a page that has this link, and its exit code. */
async function check(href: string): Promise<{ code: number; stderr: string }> {
  const folder = temporaryFolder({
    'index.html': '<a href="/base/">Home</a><h2 id="start">Start</h2>',
    'page.html': `<a class="link" href="${href}">Link</a>`,
  });
  try {
    const run = promisify(execFile);
    await run(process.execPath, ['scripts/site-links.mjs', folder, '/base/']);
    return { code: 0, stderr: '' };
  } catch (error) {
    return error as { code: number; stderr: string };
  }
}

describe('The check of the built site', () => {
  it.each(['/base/', '/base/#start', '/base/page', './page', 'https://example.com/nothing'])(
    'passes a valid link: %s',
    async (href) => {
      expect(await check(href)).toEqual({ code: 0, stderr: '' });
    },
  );

  it.each([
    '/base/nothing',
    '/base/#nothing',
    '#nothing',
    '/page',
    '/base/nothing.png',
    'http://',
    '#%',
  ])('fails for a dead link: %s', async (href) => {
    const { code, stderr } = await check(href);
    expect(code).toBe(1);
    expect(stderr).toBe(`Dead link on /base/page: ${href}\n`);
  });
});
