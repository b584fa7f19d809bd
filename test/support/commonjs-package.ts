import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCommonJs, type Exports } from '../decorators/compiled-module.js';

const ROOT = join(import.meta.dirname, 'commonjs-package.ts');

/**
 * A package in CommonJS that requires these ES modules, by the names it requires them by. Jest cannot load one itself before
 * Node.js 24.9.
 */
export function loadCommonJsPackage(name: string, imports: Record<string, object>): Exports {
  const loaded = new Map<string, { exports: Exports }>();

  function load(from: string, request: string): object {
    const imported = imports[request];
    if (imported !== undefined) return imported;
    const require = createRequire(from);
    if (from !== ROOT && !request.startsWith('.')) return require(request) as object;
    const path = require.resolve(request);
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    runCommonJs(readFileSync(path, 'utf8'), module, (next) => load(path, next));
    return module.exports;
  }

  return load(ROOT, name) as Exports;
}
