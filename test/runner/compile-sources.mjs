/*
 * Jest's `globalSetup`. It compiles sources and suites to ES modules, into a tree like that of the repository, so that Node.js loads
 * them without a loader. What has not changed since the last run is not compiled again.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { transform, version } from '@swc/core';
import compiled from './compiled.cjs';

const { COMPILED, ROOT, compiledFileOf } = compiled;

/** The examples without their package.json. Beside it, they would not find the compiled package. */
const EXAMPLES = readdirSync(join(ROOT, 'examples'))
  .map((name) => `examples/${name}/src`)
  .filter((folder) => existsSync(join(ROOT, folder)));

const FOLDERS = ['lib', 'emulator/src', 'test', 'sample-app', 'schematics', ...EXAMPLES];

/** What suites load of the site. Others build it meanwhile. */
const FILES = ['docs/.vitepress/repository.ts', 'docs/.vitepress/sidebar.ts'];

/** Applications of their own, scripts that Node.js runs as they are, and what others have built. */
const SKIPPED =
  /^test\/(browser|clients|compat|examples|mutation|package|recipes)\/|\/(dist|cache|\.temp|node_modules)\/|\.d\.ts$/;

const COPIED = /\.(json|[cm]js)$/;

/** How swc compiles, as tsconfig.json has it. @type {import('@swc/core').Options} */
export const SETTINGS = {
  configFile: false,
  swcrc: false,
  sourceMaps: true,
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    experimental: { keepImportAttributes: true },
  },
};

/** What the compiled files depend on, beside their sources. */
const STAMP = JSON.stringify([version, SETTINGS]);

export default function compileSources() {
  return compileAll();
}

/** @param changed other text for some of the sources, by their names */
export async function compileAll(changed = new Map()) {
  startOverIfSettingsChanged();
  writePackage();
  writeEmulator();
  const sources = [...FOLDERS.flatMap(sourcesIn), ...FILES];
  removeAllBut(new Set(sources.map((source) => compiledFileOf(join(ROOT, source)))));
  await Promise.all(sources.map((source) => update(source, changed.get(source))));
}

function startOverIfSettingsChanged() {
  const file = join(COMPILED, 'settings.json');
  if (existsSync(file) && readFileSync(file, 'utf8') === STAMP) return;
  rmSync(COMPILED, { recursive: true, force: true });
  write(file, STAMP);
}

/** Lets the suites import the package by its name, without a build. */
function writePackage() {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const exports = { '.': './lib/index.js', './*': './lib/*/index.js' };
  write(join(COMPILED, 'package.json'), JSON.stringify({ ...manifest, exports }));
}

/** The same for the emulator, which is a package of its own. */
function writeEmulator() {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'emulator/package.json'), 'utf8'));
  const exports = { '.': './src/index.js' };
  write(join(COMPILED, 'emulator/package.json'), JSON.stringify({ ...manifest, exports }));
  const link = join(COMPILED, 'node_modules', manifest.name);
  if (existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(COMPILED, 'emulator'), link);
}

function sourcesIn(folder) {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((file) => !SKIPPED.test(file) && (file.endsWith('.ts') || COPIED.test(file)));
}

function removeAllBut(files) {
  for (const folder of FOLDERS.filter((name) => existsSync(join(COMPILED, name)))) {
    for (const entry of readdirSync(join(COMPILED, folder), { recursive: true })) {
      const file = join(COMPILED, folder, entry);
      if (/\.([cm]?js|json)$/.test(file) && !files.has(file)) rmSync(file);
    }
  }
}

async function update(source, changed) {
  const from = join(ROOT, source);
  const to = compiledFileOf(from);
  const { mtime } = statSync(from);
  const isNew = !existsSync(to) || statSync(to).mtime.getTime() !== mtime.getTime();
  if (!isNew && changed === undefined) return;
  const text = changed ?? readFileSync(from, 'utf8');
  write(to, source.endsWith('.ts') ? await compile(text, from) : text);
  utimesSync(to, mtime, mtime);
}

async function compile(text, filename) {
  const { code, map } = await transform(text, { ...SETTINGS, filename });
  const inline = Buffer.from(map).toString('base64');
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}\n`;
}

/** At once, for those who read the file meanwhile. */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
