import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder, writeIn } from '../support/temporary-folder.js';

/** The declarations of a compiled package: an exported class and type, one behind them, and an internal one. */
const DECLARATIONS = {
  'index.d.ts': "export { Guard, type Options } from './guard.js';\n",
  'guard.d.ts': `interface Secret {
  key: string;
}
export interface Options {
  roles: string[];
}
export declare class Guard {
  private readonly secret: Secret;
  constructor(options: Options);
  check(role: string): boolean;
}
`,
  'redis/index.d.ts': 'export declare const store: string;\n',
  'mcp/index.d.ts': 'export declare const tool: string;\n',
};

describe('npm run api', () => {
  let folder: string;

  function compare(...args: string[]): { status: number | null; stdout: string } {
    const script = join(folder, 'scripts/api-report.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return { status, stdout };
  }

  beforeAll(() => {
    folder = temporaryFolder();
    for (const file of [
      'scripts/api-report.mjs',
      'scripts/entry-points.mjs',
      'scripts/types-behind.mjs',
    ]) {
      cpSync(file, join(folder, file));
    }
    for (const modules of ['node_modules', 'scripts/node_modules']) {
      symlinkSync(resolve(modules), join(folder, modules));
    }
    const paths = { '.': 'index.js', './redis': 'redis/index.js', './mcp': 'mcp/index.js' };
    const exports = Object.fromEntries(
      Object.entries(paths).map(([name, path]) => [
        name,
        { import: { default: `./dist/${path}` } },
      ]),
    );
    const packageJson = { name: 'nestjs-propelauth', version: '1.0.0', type: 'module', exports };
    writeIn(folder, 'package.json', JSON.stringify(packageJson));
    const compilerOptions = { module: 'nodenext', target: 'es2022', types: [] };
    writeIn(folder, 'tsconfig.build.json', JSON.stringify({ compilerOptions, include: ['build'] }));
    mkdirSync(join(folder, 'api'));
    for (const [path, text] of Object.entries(DECLARATIONS)) writeIn(folder, `build/${path}`, text);
    compare('--update');
  });

  it('passes after a change of what is private', () => {
    writeIn(folder, 'build/guard.d.ts', DECLARATIONS['guard.d.ts'].replace('key:', 'value:'));
    expect(compare()).toEqual({ status: 0, stdout: '' });
  });

  describe('after changes of what is public', () => {
    let compared: ReturnType<typeof compare>;

    beforeAll(() => {
      const changed = DECLARATIONS['guard.d.ts']
        .replace('check(role: string)', 'check(role?: string)')
        .replace('roles: string[]', 'roles?: string[]')
        .replace('constructor(options: Options);\n', '');
      writeIn(folder, 'build/guard.d.ts', changed);
      writeIn(folder, 'build/redis/index.d.ts', 'export declare const store: number;\n');
      rmSync(join(folder, 'api/mcp.api.md'));
      writeIn(folder, 'api/gone.api.md', 'Gone\n');
      compared = compare();
    });

    it('fails, and names the command that accepts them', () => {
      expect(compared.status).toBe(1);
      expect(compared.stdout).toContain('npm run api:update');
    });

    it.each([
      ['a parameter', 'nestjs-propelauth', '+     check(role?: string): boolean;'],
      ['a property of a type', 'nestjs-propelauth', '+     roles?: string[];'],
      ['a constructor that is gone', 'nestjs-propelauth', '-     constructor(options: Options);'],
      ['a type of a subpath', 'redis', '+ export const store: number;'],
      ['a new entry point', 'mcp', '+ export const tool: string;'],
      ['an entry point that is gone', 'gone', '- Gone'],
    ])('prints %s', (_what, report, line) => {
      const reports = compared.stdout.split(/^api\//m);
      const printed = reports.find((text) => text.startsWith(`${report}.api.md\n`));
      expect(printed?.split('\n')).toContain(line);
    });
  });
});
