import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeIn } from '../support/temporary-folder.js';

/** A built package with an entry point that imports a chunk, and loads another file later. */
const FILES = {
  'package.json': JSON.stringify({
    name: 'nestjs-propelauth',
    version: '1.0.0',
    exports: {
      '.': { import: { default: './dist/index.js' } },
      './redis': { import: { default: './dist/redis/index.js' } },
      './package.json': './package.json',
    },
    files: ['dist'],
  }),
  'dist/index.js': 'import { a } from "./chunk.js";\nexport { a };\n',
  'dist/redis/index.js':
    'import "../chunk.js";\nexport const later = () => import("../late.js");\n',
  'dist/cjs/index.js': 'exports.a = require("./chunk.js").a;\n',
  'dist/cjs/redis/index.js': 'exports.a = 1;\n',
  'dist/chunk.js': 'export const a = 1;\n',
  'dist/cjs/chunk.js': 'exports.a = 1;\n',
  'dist/late.js': '',
};

/** Code with more that gzip cannot shorten. */
function large(code = ''): string {
  return `${code}// ${randomBytes(4_000).toString('base64')}\n`;
}

/** The lines that fail. */
function measure(folder: string, ...args: string[]): string[] {
  const script = join(folder, 'scripts/package-size.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  const failed = stdout.split('\n').filter((line) => line.startsWith('✗'));
  expect(status).toBe(failed.length === 0 ? 0 : 1);
  return failed.map((line) => /^✗ (.*?)\s{2,}/.exec(line)![1]!);
}

describe('npm run size', () => {
  let measured: string;
  let folder: string;

  beforeAll(() => {
    measured = temporaryFolder(FILES);
    for (const script of ['package-size.mjs', 'sizes.mjs', 'entry-points.mjs']) {
      cpSync(`scripts/${script}`, join(measured, 'scripts', script));
    }
    measure(measured, '--update');
  });

  beforeEach(() => {
    folder = temporaryFolder();
    cpSync(measured, folder, { recursive: true });
  });

  it('passes with the limits that size:update has set', () => {
    expect(measure(folder)).toEqual([]);
  });

  it.each([
    ['dist/redis/index.js', ['nestjs-propelauth/redis, ES modules (gzip)']],
    ['dist/cjs/index.js', ['nestjs-propelauth, CommonJS (gzip)']],
    ['dist/cjs/chunk.js', ['nestjs-propelauth, CommonJS (gzip)']],
    // The main entry point loads it as well, so that redis adds nothing.
    ['dist/chunk.js', ['nestjs-propelauth, ES modules (gzip)']],
    ['dist/late.js', []],
  ])('fails for what loads %s, if that grows', (path, entries) => {
    writeIn(folder, path, large((FILES as Record<string, string>)[path]));
    expect(measure(folder)).toEqual([...entries, 'tarball', 'tarball, unpacked']);
  });

  it('fails for an entry point without a limit', () => {
    const entry = '"./mcp":{"import":{"default":"./dist/mcp/index.js"}}';
    const text = FILES['package.json'].replace('"./redis"', `${entry},"./redis"`);
    writeIn(folder, 'package.json', text);
    writeIn(folder, 'dist/mcp/index.js', '');
    writeIn(folder, 'dist/cjs/mcp/index.js', '');
    expect(measure(folder)).toEqual(
      expect.arrayContaining([
        'nestjs-propelauth/mcp, ES modules (gzip)',
        'nestjs-propelauth/mcp, CommonJS (gzip)',
      ]),
    );
  });

  it('says what to run first without a build', () => {
    rmSync(join(folder, 'dist'), { recursive: true });
    const { status, stderr } = spawnSync(process.execPath, [
      join(folder, 'scripts/package-size.mjs'),
    ]);
    expect(status).toBe(1);
    expect(stderr.toString()).toContain('Run npm run build first.');
  });
});
