import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from '../support/example-folders.js';

/** Generated files, and the README. */
const NOT_CODE = /^(?:dist|node_modules|package(?:-lock)?\.json|README\.md)$/;

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

describe('The examples', () => {
  it('are basic, graphql, mcp, tenancy and websockets', () => {
    expect(EXAMPLES).toEqual(['basic', 'graphql', 'mcp', 'tenancy', 'websockets']);
  });

  describe.each(EXAMPLES)('examples/%s', (example) => {
    const folder = `examples/${example}`;

    it('has fewer than 200 lines of code', () => {
      const lines = codeOf(folder).map(linesOf);
      expect(lines.reduce((sum, count) => sum + count)).toBeLessThan(200);
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

    it('is linked from the index, and from a page about its subject', () => {
      expect(readFileSync('examples/README.md', 'utf8')).toContain(`](${example}/README.md)`);
      const linking = pages.filter((page) =>
        readFileSync(page, 'utf8').includes(`../${folder}/README.md)`),
      );
      expect(linking).not.toEqual([]);
    });
  });
});
