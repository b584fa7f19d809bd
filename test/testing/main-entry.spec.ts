import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

const ROOT = resolve('lib');

/** The files of the package that loading a file loads, by their path from lib/. */
function loadedBy(file: string, loaded = new Set<string>()): Set<string> {
  const name = relative(ROOT, file);
  if (loaded.has(name)) return loaded;
  loaded.add(name);
  const imports = readFileSync(file, 'utf8').matchAll(
    /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g,
  );
  for (const [, specifier] of imports) {
    const imported = resolve(dirname(file), (specifier as string).replace(/\.js$/, '.ts'));
    expect(existsSync(imported)).toBe(true);
    loadedBy(imported, loaded);
  }
  return loaded;
}

describe.each(['index.ts', 'swagger/index.ts'])('The entry %s', (entry) => {
  it('loads no code for tests, and no emulator', () => {
    const loaded = [...loadedBy(resolve(ROOT, entry))];
    expect(loaded.length).toBeGreaterThan(10);
    expect(loaded.filter((name) => name.startsWith('testing/'))).toEqual([]);
    const sources = loaded.map((name) => readFileSync(resolve(ROOT, name), 'utf8'));
    expect(sources.filter((source) => source.includes("'propelauth-emulator'"))).toEqual([]);
  });
});

describe('The entry index.ts', () => {
  it('loads no plugin', () => {
    const loaded = [...loadedBy(resolve(ROOT, 'index.ts'))];
    expect(loaded).toContain('plugins/plugin.ts');
    expect(loaded.filter((name) => name.startsWith('telemetry/'))).toEqual([]);
  });
});

describe('The entry testing/index.ts', () => {
  const sources = [...loadedBy(resolve(ROOT, 'testing/index.ts'))].map((name) =>
    readFileSync(resolve(ROOT, name), 'utf8'),
  );

  it.each(['@nestjs/testing', '@nestjs/swagger', 'jest', 'vitest', 'supertest'])(
    'does not import %s',
    (dependency) => {
      expect(sources.filter((source) => source.includes(`from '${dependency}`))).toEqual([]);
    },
  );
});
