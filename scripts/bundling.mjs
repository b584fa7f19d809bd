/*
 * Puts the compiled files of a package together, one file for each entry point and some for what they share: to find and read fifty files
 * takes Node.js several times as long as to run them, and who starts often, as serverless functions do, feels it.
 *
 * Rolldown gets what the TypeScript compiler made, not the sources: it would drop the types that Nest's injector reads. Comments are left
 * out; those for users are in the declarations.
 */
import { copyFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
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

/** The helpers of the TypeScript compiler and of Rolldown. A dependency for a few lines would be one more for everybody to install. */
const HELPERS = ['tslib', '@oxc-project/runtime'];

/** @param {Package} target */
export async function bundleEsm({ folder, entryPoints }) {
  await bundleCode(inputsOf(folder, entryPoints), {
    isInside: isOneOf(HELPERS),
    plugins: [loadInOneFile],
    output: { dir: join(folder, 'dist'), format: 'esm' },
  });
}

/** @param {Package} target */
export async function bundleCommonJs({ folder, entryPoints, bundled }) {
  const dir = join(folder, 'dist/cjs');
  await bundleCode(inputsOf(folder, entryPoints), {
    isInside: isOneOf([...HELPERS, ...bundled.map(([name]) => name)]),
    plugins: [requireOptionalPackages],
    output: { dir, format: 'cjs', exports: 'named' },
  });
  await declareCommonJs(dir);
  for (const [name, file] of bundled) {
    await copyFile(join(REPOSITORY, 'node_modules', name, file), join(dir, `LICENSE-${name}.md`));
  }
}

/**
 * Publishes the declarations for both formats: whether a declaration file is that of an ES module or of a CommonJS one is said by the
 * package.json next to it, so each format needs its own.
 *
 * @param {Pick<Package, 'folder' | 'entryPoints'>} target
 */
export async function bundleDeclarations({ folder, entryPoints }) {
  const declarations = entryPoints.map((file) => file.replace(/\.js$/, '.d.ts'));
  for (const dir of ['dist', 'dist/cjs']) {
    await bundle(inputsOf(folder, declarations), {
      plugins: [dts({ dtsInput: true, tsconfig: false }), withoutRuntime, commentsOnOwnLines],
      output: {
        dir: join(folder, dir),
        format: 'esm',
        entryFileNames: '[name].d.ts',
        chunkFileNames: '[name].d.ts',
        comments: true,
      },
    });
  }
}

/** One file for a tool that loads it with require(). */
export async function bundleScript(input, dir) {
  await bundle(input, { output: { dir, format: 'cjs' } });
  await declareCommonJs(dir);
}

/** Bundles code so that all that an import of the main entry point loads is in one file beside it, and not in a dozen. */
async function bundleCode(input, settings) {
  const ofMain = await modulesOf(input.index, settings);
  const groups = [{ name: 'core', test: (id) => ofMain.has(id) }];
  await bundle(input, { ...settings, output: { ...settings.output, codeSplitting: { groups } } });
}

/** The modules that an entry point loads, without what it imports later. */
async function modulesOf(entryPoint, settings) {
  const build = await rolldown(inputOptions({ index: entryPoint }, settings));
  const { output } = await build.generate(settings.output);
  await build.close();
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(output.filter(({ isEntry }) => isEntry));
  // A set also visits what is added to it meanwhile.
  for (const { imports } of loaded) {
    for (const name of imports) if (chunks.has(name)) loaded.add(chunks.get(name));
  }
  return new Set([...loaded].flatMap(({ moduleIds }) => moduleIds));
}

async function bundle(input, settings) {
  const build = await rolldown(inputOptions(input, settings));
  await build.write({ chunkFileNames: '[name].js', comments: false, ...settings.output });
  await build.close();
}

function inputOptions(input, { isInside = () => false, plugins = [] }) {
  return {
    input,
    plugins,
    platform: 'node',
    external: (id) => !isFile(id) && !isInside(id),
    // With the paths of tsconfig.json, the other package of this repository would be no package, and bundled.
    tsconfig: false,
    // Otherwise, each module begins with its path.
    experimental: { attachDebugInfo: 'none' },
  };
}

async function declareCommonJs(directory) {
  await writeFile(
    join(directory, 'package.json'),
    `${JSON.stringify({ type: 'commonjs', sideEffects: false }, null, 2)}\n`,
  );
}

/** The compiled files, by the names of the bundled ones: `swagger/index`. */
function inputsOf(folder, files) {
  return Object.fromEntries(
    files.map((file) => [file.replace(/(\.d\.ts|\.js)$/, ''), join(folder, compiledPath(file))]),
  );
}

function isFile(id) {
  return /^[./]/.test(id) || /^[a-zA-Z]:/.test(id);
}

function isOneOf(names) {
  return (id) => names.some((name) => id === name || id.startsWith(`${name}/`));
}

/** The runtime of Rolldown has no declarations, and none that is published imports it. */
const withoutRuntime = {
  name: 'without-runtime',
  generateBundle(_options, files) {
    delete files['rolldown-runtime.d.ts'];
  },
};

/** A comment on the line of what comes before it is shown for nothing. */
const commentsOnOwnLines = {
  name: 'comments-on-own-lines',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      file.code = file.code.replaceAll(/; (\/\*\* .* \*\/)$/gm, ';\n$1');
    }
  },
};

/** Webpack would make files of what is imported later, and people deploy one. Comments are removed before this hook. */
const loadInOneFile = {
  name: 'load-in-one-file',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      file.code = file.code.replaceAll(
        /\bimport\("(\.[^"]+)"\)/g,
        'import(/* webpackMode: "eager" */ "$1")',
      );
    }
  },
};

/**
 * Jest in CommonJS mode has no import(). It becomes a require() in its place, inside the try block: there bundlers take it for a package
 * that need not be installed.
 */
const requireOptionalPackages = {
  name: 'require-optional-packages',
  renderChunk: (code) => code.replaceAll(/\bawait import\("([^"]+)"\)/g, 'require("$1")'),
};
