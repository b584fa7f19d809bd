/*
 * Puts the compiled files together, one file for each entry point and one for what they share: to find and read fifty files
 * takes Node.js several times as long as to run them, and who starts often, as serverless functions do, feels it.
 *
 * esbuild gets what the TypeScript compiler made, not the sources: it would drop the types that Nest's injector reads.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { BUNDLED_PACKAGES } from './bundled-packages.mjs';
import { compiledPath, entryPoints } from './entry-points.mjs';

const root = resolve(import.meta.dirname, '..');
const ESM_DIRECTORY = join(root, 'dist');
const COMMONJS_DIRECTORY = join(root, 'dist/cjs');
const SCHEMATICS_DIRECTORY = join(root, 'dist/schematics');
const TARGET = 'node20.19';

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  entryPoints: entryPoints.map(compiledPath),
  outbase: 'build',
  bundle: true,
  // What the entry points share is one file, so that there is one copy of each class.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: TARGET,
  packages: 'external',
  // Nest shows the names of classes, and so do exceptions.
  keepNames: true,
};

/** These are nothing but ES modules, which Jest in CommonJS mode cannot load. */
const esModulesInside = {
  name: 'es-modules-inside',
  setup({ onResolve }) {
    const names = BUNDLED_PACKAGES.map(([name]) => name).join('|');
    onResolve({ filter: new RegExp(`^(${names})($|/)`) }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
    }));
  },
};

async function bundleEsm() {
  await build({ ...shared, outdir: ESM_DIRECTORY, sourcemap: true });
}

/** esbuild splits ES modules only: they are split as such, and each of the files is then made CommonJS. */
async function bundleCommonJs() {
  const { outputFiles } = await build({
    ...shared,
    outdir: COMMONJS_DIRECTORY,
    sourcemap: 'inline',
    plugins: [esModulesInside],
    write: false,
  });
  for (const { path, text } of outputFiles) await writeCommonJs(path, text);
  await declareCommonJs(COMMONJS_DIRECTORY);
  for (const [name, file] of BUNDLED_PACKAGES) {
    await copyFile(
      join(root, 'node_modules', name, file),
      join(COMMONJS_DIRECTORY, `LICENSE-${name}.md`),
    );
  }
}

async function declareCommonJs(directory) {
  await writeFile(
    join(directory, 'package.json'),
    `${JSON.stringify({ type: 'commonjs', sideEffects: false }, null, 2)}\n`,
  );
}

/**
 * Jest in CommonJS mode has no import(), either. It becomes a require() in its place, inside the try block: there bundlers take it
 * for a package that need not be installed.
 */
function requireOptionalPackages(text) {
  return text.replaceAll(/\bawait import\("([^"]+)"\)/g, 'require("$1")');
}

async function writeCommonJs(path, text) {
  const { code, map } = await transform(requireOptionalPackages(text), {
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    sourcemap: 'external',
    sourcefile: relative(root, path),
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${code}//# sourceMappingURL=${path.split('/').at(-1)}.map\n`);
  await writeFile(`${path}.map`, map);
}

/** The Nest CLI loads schematics with require(), and their collection and schema as files. */
async function bundleSchematics() {
  await build({
    ...shared,
    entryPoints: ['schematics/nest-add/index.ts'],
    outbase: 'schematics',
    outdir: SCHEMATICS_DIRECTORY,
    splitting: false,
    format: 'cjs',
    sourcemap: true,
  });
  await declareCommonJs(SCHEMATICS_DIRECTORY);
  for (const file of ['collection.json', 'nest-add/schema.json']) {
    await copyFile(join(root, 'schematics', file), join(SCHEMATICS_DIRECTORY, file));
  }
}

await Promise.all([bundleEsm(), bundleCommonJs(), bundleSchematics()]);
