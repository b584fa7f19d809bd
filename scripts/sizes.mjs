import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const IMPORT = /(?:\bfrom|\bimport|\brequire\()\s*["'](\.{1,2}\/[^"']+)["']/g;

/**
 * What an import of an entry point loads from the package, compressed with gzip, in bytes.
 *
 * @param other an entry point that is loaded already, if any
 */
export function sizeOfEntryPoint(file, other) {
  if (!existsSync(file)) throw new Error('dist/ is missing. Run npm run build first.');
  const loadedBefore = other === undefined ? [] : loadedBy(other);
  return gzipSync(
    loadedBy(file)
      .filter((each) => !loadedBefore.includes(each))
      .map((each) => readFileSync(each, 'utf8'))
      .join('\n'),
  ).length;
}

/** The bytes of the tarball and of what it unpacks to, and the number of its files. */
export function sizesOfTarball(root) {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ size, unpackedSize, entryCount }] = JSON.parse(output);
  return { size, unpackedSize, entryCount };
}

/** The files that Node.js loads for one, with itself. What is loaded by an import() when it is needed is not among them. */
export function loadedBy(file) {
  const loaded = new Set([file]);
  // A set also visits what is added to it meanwhile.
  for (const each of loaded) {
    const code = readFileSync(each, 'utf8');
    for (const [, path] of code.matchAll(IMPORT)) loaded.add(resolve(dirname(each), path));
  }
  return [...loaded];
}
