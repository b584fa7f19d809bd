import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { compiledPath } from './entry-points.mjs';

const RELATIVE_IMPORT = /(?:from |import\(|import )['"](\.{1,2}\/[^'"]+)\.js['"]/g;

/**
 * Publishes the declarations that the entry points of a package lead to, for both formats: whether a declaration file is that of an ES
 * module or of a CommonJS one is said by the package.json next to it, so each format needs its own.
 *
 * @param {Pick<import('./bundling.mjs').Package, 'folder' | 'entryPoints'>} target
 */
export async function publishDeclarations({ folder, entryPoints }) {
  const compiled = join(folder, compiledPath('.'));
  const entries = entryPoints.map((entry) => join(compiled, entry.replace(/\.js$/, '.d.ts')));
  for (const file of await reachableFrom(entries)) {
    for (const directory of ['dist', 'dist/cjs']) {
      await publish(file, join(folder, directory, relative(compiled, file)));
    }
  }
}

/** All declaration files that can be reached from these by imports of each other. */
async function reachableFrom(files) {
  const reached = new Set(files);
  // A set also visits what is added to it meanwhile.
  for (const file of reached) {
    for (const imported of await importsOf(file)) reached.add(imported);
  }
  return reached;
}

async function importsOf(file) {
  const text = await readFile(file, 'utf8');
  return [...text.matchAll(RELATIVE_IMPORT)].map(([, path]) =>
    resolve(dirname(file), `${path}.d.ts`),
  );
}

async function publish(file, target) {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(file, target);
}
