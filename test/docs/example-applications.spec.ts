import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from '../support/example-folders.js';

/** Generated files, the icon and the README. */
const NOT_CODE =
  /^(?:dist|node_modules|\.next|\.database|next-env\.d\.ts|.*\.tsbuildinfo|package(?:-lock)?\.json|favicon\.ico|README\.md)$/;

/** The application that others start from: it has two packages, and is larger. */
const SAAS = 'saas';

const SMALL = EXAMPLES.filter((example) => example !== SAAS);

/** The files that a reader of an example reads: its code, SQL and configuration. */
function codeOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_CODE.test(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? codeOf(path) : [path];
    });
}

const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n').length;

const pages = ['docs', 'docs/recipes']
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((file) => file.endsWith('.md'));

function countLines(folder: string): number {
  return codeOf(folder)
    .map(linesOf)
    .reduce((sum, count) => sum + count);
}

describe('The examples', () => {
  it('are basic, graphql, mcp, saas and websockets', () => {
    expect(EXAMPLES).toEqual(['basic', 'graphql', 'mcp', SAAS, 'websockets']);
  });

  it('include an application to start from, with at most 1,300 lines of code', () => {
    expect(countLines(`examples/${SAAS}`)).toBeLessThanOrEqual(1_300);
  });

  it.each(EXAMPLES)(
    'are linked from the index, and from a page about their subject: %s',
    (example) => {
      expect(readFileSync('examples/README.md', 'utf8')).toContain(`](${example}/README.md)`);
      const linking = pages.filter((page) =>
        readFileSync(page, 'utf8').includes(`../examples/${example}/README.md)`),
      );
      expect(linking).not.toEqual([]);
    },
  );

  describe.each(SMALL)('examples/%s', (example) => {
    const folder = `examples/${example}`;

    it('has fewer than 200 lines of code', () => {
      expect(countLines(folder)).toBeLessThan(200);
    });

    it('has the same layout as the others', () => {
      expect(codeOf(folder)).toEqual(
        expect.arrayContaining(
          ['.npmrc', 'tsconfig.json', 'src/access.test.ts', 'src/app.module.ts', 'src/main.ts'].map(
            (file) => `${folder}/${file}`,
          ),
        ),
      );
      expect(JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))).toMatchObject({
        name: `nestjs-propelauth-example-${example}`,
        scripts: {
          build: 'tsc',
          start: 'npm run build && propelauth-emulator exec -- node dist/main.js',
          'start:prod': 'node dist/main.js',
          test: 'npm run build && node --test dist/access.test.js',
        },
        dependencies: { 'nestjs-propelauth': 'file:../..' },
        devDependencies: { 'propelauth-emulator': 'file:../../emulator' },
      });
    });

    it.each(['tsconfig.json', '.npmrc'])('has the same %s as the others', (file) => {
      expect(readFileSync(`${folder}/${file}`, 'utf8')).toBe(
        readFileSync(`examples/basic/${file}`, 'utf8'),
      );
    });
  });
});
