import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The directory of the build under test. It has a `dist/` and its own `node_modules`. `startChild()` sets the variable. */
const root = resolve(process.env.BENCH_ROOT ?? join(import.meta.dirname, '../..'));

const { resolve: resolvePackage } = createRequire(join(root, 'dist/index.js'));

/** Imports a file of the build under test, such as `dist/index.js`. */
export function importFile(path) {
  return import(pathToFileURL(join(root, path)).href);
}

/** Imports a package as the build under test finds it, so that the application and the build share one copy of Nest. */
export function importPackage(name) {
  return import(pathToFileURL(resolvePackage(name)).href);
}
