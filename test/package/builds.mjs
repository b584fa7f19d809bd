/*
 * Looks at the package as it will be published: what is in the tarball, and what its builds promise to Node.js, to bundlers and
 * to TypeScript.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { loadedBy } from '../../scripts/sizes.mjs';
import { pack } from './packed-package.mjs';

const root = resolve(import.meta.dirname, '../..');
const workspace = mkdtempSync(join(tmpdir(), 'builds-'));
const packageFolder = join(workspace, 'package');
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entryPoints = Object.entries(packageJson.exports).filter(
  ([, target]) => typeof target === 'object',
);

let tarball;
let files;

/** @returns {string} */
function run(command, args) {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8' });
}

function runTool(name, args) {
  return run(process.execPath, [join(root, 'scripts/node_modules', name), ...args]);
}

function read(file) {
  return readFileSync(join(packageFolder, file), 'utf8');
}

function filesThatEndIn(end, folder = 'dist/') {
  return files.filter((file) => file.startsWith(folder) && file.endsWith(end));
}

/** The packages that a file asks for, without their subpaths. */
function packagesOf(code) {
  const names = [
    ...code.matchAll(/(?<![\w/])(?:require|from|import)\s*\(?\s*["']([^."'][^"']*)["']/g),
  ];
  return names.map(([, name]) => /^(?:@[^/]+\/)?[^/]+/.exec(name)[0]);
}

before(async () => {
  tarball = await pack(workspace);
  run('tar', ['-xzf', tarball, '-C', workspace]);
  files = readdirSync(packageFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packageFolder.length + 1));
});

after(() => rmSync(workspace, { recursive: true, force: true }));

test('the tarball contains the two builds, their descriptions, and nothing else', () => {
  const outside = files.filter((file) => !file.startsWith('dist/')).toSorted();
  assert.deepEqual(outside, [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'llms.txt',
    'package.json',
  ]);
  const othersInDist = files.filter(
    (file) => file.startsWith('dist/') && !/\.(?:d\.ts|js)$/.test(file),
  );
  assert.deepEqual(othersInDist.toSorted(), [
    'dist/cjs/LICENSE-jose.md',
    'dist/cjs/package.json',
    'dist/schematics/collection.json',
    'dist/schematics/nest-add/schema.json',
    'dist/schematics/package.json',
  ]);
  assert.deepEqual(
    files.filter((file) => file.includes('.spec.')),
    [],
  );
});

test('each file that the entry points name exists', () => {
  const named = entryPoints.flatMap(([, target]) =>
    Object.values(target).flatMap((condition) => Object.values(condition)),
  );
  for (const file of [...named, packageJson.main, packageJson.types]) {
    assert.ok(files.includes(file.replace('./', '')), file);
  }
});

test('TypeScript without support for exports finds each entry point', () => {
  const subpaths = entryPoints
    .filter(([path]) => path !== '.')
    .map(([path, target]) => [path.replace('./', ''), [target.require.types]]);
  assert.deepEqual(packageJson.typesVersions, { '*': Object.fromEntries(subpaths) });
});

test('all entry points have the same conditions, with those of require() last', () => {
  for (const [, target] of entryPoints) {
    assert.deepEqual(Object.keys(target), ['module-sync', 'import', 'require']);
    assert.deepEqual(target['module-sync'], target.import);
    for (const condition of Object.values(target)) {
      assert.deepEqual(Object.keys(condition), ['types', 'default']);
    }
  }
});

test('both builds have the same declarations', () => {
  const declarations = filesThatEndIn('.d.ts').filter((file) => !file.startsWith('dist/cjs/'));
  assert.ok(declarations.length > 0);
  for (const file of declarations) {
    assert.equal(read(file.replace('dist/', 'dist/cjs/')), read(file), file);
  }
  assert.equal(filesThatEndIn('.d.ts', 'dist/cjs/').length, declarations.length);
});

test('the builds import only dependencies and peer dependencies', () => {
  const known = new Set([
    ...Object.keys(packageJson.dependencies),
    ...Object.keys(packageJson.peerDependencies),
    // The emulator is optional and in no range, so that npm install --omit=dev leaves it out.
    ...Object.keys(packageJson.peerDependenciesMeta),
    ...builtinModules.map((name) => `node:${name}`),
  ]);
  // The schematics hold the code of files that they write; they have a test of their own.
  for (const file of filesThatEndIn('.js').filter((path) => !path.includes('/schematics/'))) {
    const strangers = packagesOf(read(file)).filter((name) => !known.has(name));
    assert.deepEqual(strangers, [], file);
  }
});

test('the CommonJS build is CommonJS throughout, with jose inside', () => {
  for (const file of filesThatEndIn('.js', 'dist/cjs/')) {
    assert.doesNotMatch(read(file), /^import |^export |\bimport\("|require\("jose/m, file);
  }
});

test('classes keep their names, which Nest and exceptions show', () => {
  for (const file of filesThatEndIn('.js'))
    assert.doesNotMatch(read(file), /\bclass \w+\$\d|\w+\$\d = class/, file);
});

test('the schematics of the Nest CLI are one CommonJS file that imports only Node.js modules', () => {
  assert.equal(packageJson.schematics, './dist/schematics/collection.json');
  const code = filesThatEndIn('.js', 'dist/schematics/');
  assert.deepEqual(code, ['dist/schematics/nest-add/index.js']);
  const required = [...read(code[0]).matchAll(/ = require\("([^"]+)"\)/g)].map(([, name]) => name);
  assert.ok(required.length > 0);
  assert.deepEqual(
    required.filter((name) => !name.startsWith('node:')),
    [],
  );
  assert.match(read(code[0]), /^exports\.nestAdd = /m);
});

/** The code of all files that loading a file of a build loads. */
function codeLoadedBy(file) {
  return loadedBy(join(packageFolder, file))
    .map((each) => readFileSync(each, 'utf8'))
    .join('\n');
}

/** The names of the classes in a folder of lib/. */
function classesIn(folder) {
  return readdirSync(join(root, 'lib', folder), { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .flatMap((file) => [
      ...readFileSync(join(root, 'lib', folder, file), 'utf8').matchAll(/^export class (\w+)/gm),
    ])
    .map(([, name]) => name);
}

function defines(code, name) {
  return code.includes(`class ${name} `) || code.includes(` ${name} = class `);
}

test('the main entry point loads no plugin', () => {
  for (const folder of ['dist', 'dist/cjs']) {
    const ofMain = codeLoadedBy(`${folder}/index.js`);
    for (const plugin of ['telemetry', 'live-access', 'mcp']) {
      const ofPlugin = codeLoadedBy(`${folder}/${plugin}/index.js`);
      const classes = classesIn(plugin);
      assert.ok(classes.some((name) => defines(ofPlugin, name)));
      assert.deepEqual(
        classes.filter((name) => defines(ofMain, name)),
        [],
      );
    }
  }
});

function addPlugin({ PropelAuthModule }, plugin) {
  return PropelAuthModule.forRoot({ authUrl: '', apiKey: '', plugins: [plugin] });
}

test('each build accepts its own plugins, and not those of the other', () => {
  symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules'));
  const [esm, cjs] = ['dist', 'dist/cjs'].map((folder) => {
    const load = createRequire(join(packageFolder, folder, 'index.js'));
    const { telemetry } = load('./telemetry/index.js');
    const { liveAccess } = load('./live-access/index.js');
    const { mcpServer } = load('./mcp/index.js');
    // Their options are checked when the application starts.
    const plugins = [telemetry({}), liveAccess({}), mcpServer({})];
    return { ...load('./index.js'), plugins };
  });
  for (const [own, other] of [
    [esm, cjs],
    [cjs, esm],
  ]) {
    for (const plugin of own.plugins) {
      assert.ok(addPlugin(own, plugin));
      assert.throws(() => addPlugin(other, plugin), /two copies of the package are installed/);
    }
  }
});

test('publint finds nothing', () => {
  runTool('publint/src/cli.js', ['--strict', tarball]);
});

test('Are the types wrong? finds nothing, for any resolution', () => {
  runTool('@arethetypeswrong/cli/dist/index.js', [tarball]);
});
