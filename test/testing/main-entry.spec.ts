import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { filesLoadedBy } from '../support/loaded-files.js';

const sourceOf = (name: string) => readFileSync(resolve('lib', name), 'utf8');

describe.each(['index.ts', 'swagger/index.ts'])('The entry %s', (entry) => {
  it('loads no code for tests, and no emulator', () => {
    const loaded = [...filesLoadedBy(entry)];
    expect(loaded.length).toBeGreaterThan(10);
    expect(loaded.filter((name) => name.startsWith('testing/'))).toEqual([]);
    const sources = loaded.map(sourceOf);
    expect(sources.filter((source) => source.includes("'propelauth-emulator'"))).toEqual([]);
  });
});

describe('The entry index.ts', () => {
  it('loads no plugin', () => {
    const loaded = [...filesLoadedBy('index.ts')];
    expect(loaded).toContain('plugins/plugin.ts');
    expect(loaded.filter((name) => /^(live-access|mcp|telemetry)\//.test(name))).toEqual([]);
  });
});

describe('The entry testing/index.ts', () => {
  const sources = [...filesLoadedBy('testing/index.ts')].map(sourceOf);

  it.each(['@nestjs/testing', '@nestjs/swagger', 'jest', 'vitest', 'supertest'])(
    'does not import %s',
    (dependency) => {
      expect(sources.filter((source) => source.includes(`from '${dependency}`))).toEqual([]);
    },
  );
});
