import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

const ROOT = resolve('lib');

/** All imports, or only those that are left when types are gone. */
const IMPORTS = {
  all: /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g,
  values:
    /^(?:import|export)\s(?!type\b)[^';]*?'(\.{1,2}\/[^']+)'|\bimport\(\s*'(\.{1,2}\/[^']+)'/gm,
};

/**
 * The files of the package that loading a file loads.
 *
 * @param file its path from lib/
 * @param kind `all` also follows imports of types
 * @returns their paths from lib/
 */
export function filesLoadedBy(file: string, kind: keyof typeof IMPORTS = 'all'): Set<string> {
  const loaded = new Set<string>();
  const load = (path: string) => {
    const name = relative(ROOT, path);
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const [, one, other] of readFileSync(path, 'utf8').matchAll(IMPORTS[kind])) {
      const specifier = (one ?? other) as string;
      const imported = resolve(dirname(path), specifier.replace(/\.js$/, '.ts'));
      expect(existsSync(imported)).toBe(true);
      load(imported);
    }
  };
  load(resolve(ROOT, file));
  return loaded;
}
