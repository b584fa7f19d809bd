/*
 * Puts the compiled files of a package together, one file for each entry point and one for what they share: to find and read fifty files
 * takes Node.js several times as long as to run them, and who starts often, as serverless functions do, feels it.
 *
 * esbuild gets what the TypeScript compiler made, not the sources: it would drop the types that Nest's injector reads.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { compiledPath } from './entry-points.mjs';

/**
 * A package of this repository.
 *
 * @typedef {object} Package
 * @property {string} folder its folder, absolute
 * @property {readonly string[]} entryPoints its entry points, such as `swagger/index.js`
 * @property {readonly (readonly [name: string, license: string])[]} bundled the ES modules that its CommonJS build has inside
 */

const REPOSITORY = resolve(import.meta.dirname, '..');
const TARGET = 'node20.19';

/**
 * @param {Package} target
 * @returns {import('esbuild').BuildOptions}
 */
export function settingsOf({ folder, entryPoints }) {
  return {
    absWorkingDir: folder,
    entryPoints: entryPoints.map(compiledPath),
    outbase: 'build',
    bundle: true,
    // What the entry points share is one file, so that there is one copy of each class.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    packages: 'external',
    // With the paths of tsconfig.json, the other package of this repository would be no package, and bundled.
    tsconfigRaw: {},
    // Nest shows the names of classes, and so do exceptions.
    keepNames: true,
  };
}

/** @param {Package} target */
export async function bundleEsm(target) {
  await build({ ...settingsOf(target), outdir: join(target.folder, 'dist'), sourcemap: true });
}

/**
 * esbuild splits ES modules only: they are split as such, and each of the files is then made CommonJS.
 *
 * @param {Package} target
 */
export async function bundleCommonJs(target) {
  const directory = join(target.folder, 'dist/cjs');
  const { outputFiles } = await build({
    ...settingsOf(target),
    outdir: directory,
    sourcemap: 'inline',
    plugins: [esModulesInside(target.bundled)],
    write: false,
  });
  for (const { path, text } of outputFiles) await writeCommonJs(path, text, target.folder);
  await declareCommonJs(directory);
  for (const [name, file] of target.bundled) {
    await copyFile(
      join(REPOSITORY, 'node_modules', name, file),
      join(directory, `LICENSE-${name}.md`),
    );
  }
}

export async function declareCommonJs(directory) {
  await writeFile(
    join(directory, 'package.json'),
    `${JSON.stringify({ type: 'commonjs', sideEffects: false }, null, 2)}\n`,
  );
}

/** These are nothing but ES modules, which Jest in CommonJS mode cannot load. */
function esModulesInside(bundled) {
  return {
    name: 'es-modules-inside',
    setup({ onResolve }) {
      const names = bundled.map(([name]) => name).join('|');
      onResolve({ filter: new RegExp(`^(${names})($|/)`) }, ({ path }) => ({
        path: fileURLToPath(import.meta.resolve(path)),
      }));
    },
  };
}

/**
 * Jest in CommonJS mode has no import(), either. It becomes a require() in its place, inside the try block: there bundlers take it
 * for a package that need not be installed.
 */
function requireOptionalPackages(text) {
  return text.replaceAll(/\bawait import\("([^"]+)"\)/g, 'require("$1")');
}

async function writeCommonJs(path, text, folder) {
  const { code, map } = await transform(requireOptionalPackages(text), {
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    sourcemap: 'external',
    sourcefile: relative(folder, path),
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${code}//# sourceMappingURL=${path.split('/').at(-1)}.map\n`);
  await writeFile(`${path}.map`, map);
}
