import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as main from 'nestjs-propelauth';
import * as cls from 'nestjs-propelauth/cls';
import * as testing from 'nestjs-propelauth/testing';
import { compile, EXCERPTED_FOLDERS, isExcerpt, readCodeBlocks } from '../support/code-blocks.js';
import { allPages } from '../support/pages.js';
import { readEntryPoints } from '../support/public-names.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What `npm run set-owner` writes into package.json. */
const ADDRESSES = {
  homepage: 'https://acme.github.io/nestjs-propelauth/',
  repository: { url: 'git+https://github.com/acme/nestjs-propelauth.git' },
};
const SITE = ADDRESSES.homepage;

const [rules] = readCodeBlocks('docs/ai-assistants.md').filter(
  ({ language }) => language === 'text',
);

/** Runs the script where it can write, with these addresses in package.json. */
function makeFiles(addresses: Partial<typeof ADDRESSES>): string {
  const packageJson = JSON.parse(readFileSync('package.json', 'utf8')) as object;
  const { homepage: _, repository: _repository, ...others } = packageJson as typeof ADDRESSES;
  const folder = temporaryFolder({ 'package.json': JSON.stringify({ ...others, ...addresses }) });
  for (const file of ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs']) {
    cpSync(file, join(folder, file), {
      recursive: true,
      filter: (path) => !/docs\/(?:api|node_modules|public|\.vitepress\/(?!guides).*)$/.test(path),
    });
  }
  const script = resolve('scripts/llms.mjs');
  execFileSync(process.execPath, [script], { cwd: folder });
  execFileSync(process.execPath, [script, 'llms.txt'], { cwd: folder });
  execFileSync(process.execPath, [script, '--pages', 'site'], { cwd: folder });
  return folder;
}

const folder = makeFiles(ADDRESSES);
const publicFolder = join(folder, 'docs/public');
const siteFolder = join(folder, 'site');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const text = read('docs/public/llms.txt');
const withoutCode = text.replaceAll(/^```.*?^```$/gms, '');

const linksIn = (page: string) =>
  [...page.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, link]) => link as string);

describe('llms.txt', () => {
  it('has a title and a summary, and below its headings only links', () => {
    expect(withoutCode).toMatch(/^# nestjs-propelauth\n\n> \S.*\n/);
    expect(withoutCode.match(/^# /gm)).toHaveLength(1);
    expect(withoutCode).not.toMatch(/^###/m);
    const [, ...chapters] = withoutCode.split(/^## .*\n/m);
    expect(chapters.length).toBeGreaterThan(5);
    const lines = chapters.flatMap((chapter) => chapter.split('\n')).filter((line) => line !== '');
    expect(lines.filter((line) => !/^- \[[^\]]+\]\(\S+\)$/.test(line))).toEqual([]);
  });

  it('links to every page once, and to nothing else', () => {
    const pages = [
      ...allPages.map((page) => page.replace(/README\.md$/, 'index.md')),
      'security.md',
      'changelog.md',
    ];
    expect(linksIn(text).toSorted()).toEqual(pages.map((page) => SITE + page).toSorted());
  });

  it('shows TypeScript that compiles', () => {
    const path = join(publicFolder, 'llms.txt');
    const lines = text.split('\n');
    // Chapters begin with a bold line: their files are of one application.
    const blocks = readCodeBlocks(path).map((block) => {
      const line = Number(block.name.split(':').at(-1));
      const before = lines.slice(0, line).filter((each) => each.startsWith('**'));
      return { ...block, name: `llms.txt:${line}`, chapter: before.length };
    });
    const typescript = blocks.filter(({ language }) => language === 'ts');
    expect(typescript.length).toBeGreaterThan(8);
    // Excerpts are compiled where they are from, beside files that are not shown.
    const pages = Object.keys(EXCERPTED_FOLDERS).flatMap(readCodeBlocks);
    const excerpts = new Set(pages.filter(isExcerpt).map(({ code }) => code));
    const own = typescript.filter(({ code }) => !excerpts.has(code)).map(({ name }) => name);
    const complaints = compile(typescript);
    expect(own.filter((name) => name in complaints)).toEqual([]);
  });

  it('has the rules that users paste', () => {
    const [, ...lines] = rules?.code.trim().split('\n') ?? [];
    expect(text).toContain(lines.join('\n'));
  });

  it('is shorter than 10,000 tokens of four characters', () => {
    expect(text.length / 4).toBeLessThan(10_000);
  });

  it('is the same in the package', () => {
    expect(read('llms.txt')).toBe(text);
    const { files, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      files: string[];
      scripts: Record<string, string>;
    };
    expect(files).toContain('/llms.txt');
    expect(scripts['prepack']).toContain('node scripts/llms.mjs llms.txt');
  });
});

describe('Before npm run set-owner', () => {
  const unowned = makeFiles({});
  const site = readFileSync(join(unowned, 'docs/public/llms.txt'), 'utf8');
  const inPackage = readFileSync(join(unowned, 'llms.txt'), 'utf8');

  it('the links of llms.txt work on the site', () => {
    const links = linksIn(site).map((link) => link.replace('/nestjs-propelauth/', SITE));
    expect(links).toEqual(linksIn(text));
  });

  it('llms.txt of the package names the same pages, without links', () => {
    expect(linksIn(inPackage)).toEqual([]);
    const named = site.replace(/^All pages in one file: .*\n\n/m, '');
    expect(inPackage).toBe(named.replaceAll(/^- \[(.+)\]\(\S+\)$/gm, '- $1'));
  });
});

describe('The Markdown of the site', () => {
  it('exists for every link of llms.txt', () => {
    expect(
      linksIn(text).filter((link) => !existsSync(join(siteFolder, link.replace(SITE, '')))),
    ).toEqual([]);
  });

  it.each([...allPages, 'README.md'])(
    'links only to existing pages, or to files on GitHub: %s',
    (page) => {
      const file = page === 'README.md' ? 'readme.md' : page.replace(/README\.md$/, 'index.md');
      const broken = linksIn(read(`site/${file}`)).filter((link) =>
        link.startsWith(SITE)
          ? !existsSync(join(siteFolder, link.replace(SITE, ''))) &&
            !/llms(?:-full)?\.txt$/.test(link)
          : !/^\w+:/.test(link),
      );
      expect(broken).toEqual([]);
    },
  );

  it('is completely in llms-full.txt, once, in the order of the lists', () => {
    const full = read('docs/public/llms-full.txt');
    const places = linksIn(text).map((link) => full.indexOf(`<!-- ${link} -->`));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(full.match(/^<!-- \S+ -->$/gm)).toHaveLength(places.length + 1); // and the README
    expect(full).toContain(read('site/decorators.md'));
  });
});

describe('The rules that users paste', () => {
  const exported: Record<string, unknown> = { ...main, ...cls, ...testing };
  const code = rules?.code ?? '';

  it('have at most 25 lines', () => {
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(25);
  });

  it('name only what is exported', () => {
    const names = code.match(/\b(?:[A-Z][a-z]+){2,}\b|\b[a-z]+(?:[A-Z][a-z]+)+(?=\()/g) ?? [];
    expect(names.length).toBeGreaterThan(15);
    // Those of Nest, of its CLI and of nest add, a method of the module, and what is no name.
    const others = ['UseGuards', 'AppModule', 'forRoot', 'CommonJS', 'PropelAuth'];
    expect(names.filter((name) => !(name in exported) && !others.includes(name))).toEqual([]);
    expect(main.PropelAuthModule).toHaveProperty('forRoot');
  });

  it('name only entry points and files of the package', () => {
    const entryPoints = [...readEntryPoints().keys()];
    const paths = code.match(/(?:node_modules\/)?nestjs-propelauth(?:\/[\w.]+)+\/?/g) ?? [];
    expect(paths.length).toBeGreaterThan(1);
    const isThere = (path: string) =>
      path.startsWith('node_modules/')
        ? existsSync(join(folder, path.replace('node_modules/nestjs-propelauth/', '')))
        : entryPoints.includes(path);
    expect(paths.map((path) => path.replace(/\.$/, '')).filter((path) => !isThere(path))).toEqual(
      [],
    );
  });
});
