import { posix } from 'node:path';
import type ts from 'typescript';
import type { Draft } from './draft.js';
import { importPath, packagesOf, TEST_FILE } from './project.js';
import type { ModuleFile, Project } from './project.js';
import type { SourceFile } from './source-file.js';
import { meTest, propelAuthEventsTest } from './templates.js';
import type { TestSettings } from './templates.js';

const TESTS = { me: meTest, 'propelauth-events': propelAuthEventsTest };

/**
 * Adds a test where the tests of the project find it.
 *
 * @returns its path; null if the project lacks what the test needs
 */
export function addTest(
  draft: Draft,
  project: Project,
  name: keyof typeof TESTS,
  root: ModuleFile,
): string | null {
  const packages = packagesOf(project.packageJson);
  const testRunner = 'vitest' in packages ? 'vitest' : 'jest' in packages ? 'jest' : null;
  if (testRunner === null || !('@nestjs/testing' in packages) || !('supertest' in packages)) {
    return null;
  }
  const path = testPath(draft, project, name);
  if (draft.exists(path)) return path;
  const settings: TestSettings = {
    root: { name: root.name, from: importPath(path, root.path, project.extension) },
    testRunner,
    hasFastify: project.hasFastify,
    request: requestImport(draft),
    extension: project.extension,
  };
  draft.write(path, TESTS[name](settings));
  return path;
}

/** Next to the end-to-end tests; else next to the sources, where `npm test` finds it. */
function testPath(draft: Draft, { packageJson, sourceRoot }: Project, name: string): string {
  const folder = testFolder(sourceRoot);
  const endToEndTest = endToEndTests(draft, folder)[0];
  if (endToEndTest !== undefined) {
    return posix.join(posix.dirname(endToEndTest), `${name}.e2e-spec.ts`);
  }
  const hasEndToEndTests = packageJson.scripts?.['test:e2e'] !== undefined;
  return hasEndToEndTests
    ? posix.join(folder, `${name}.e2e-spec.ts`)
    : posix.join(sourceRoot, `${name}.spec.ts`);
}

/** The folder next to the sources; in it if they are in the folder of the project. */
function testFolder(sourceRoot: string): string {
  const folder = posix.join(sourceRoot, '../test');
  return folder.startsWith('..') ? 'test' : folder;
}

function endToEndTests(draft: Draft, folder: string): string[] {
  return draft.filesIn(folder).filter((path) => path.endsWith('.e2e-spec.ts'));
}

function requestImport(draft: Draft): string {
  const existing = draft.filesIn('test').map((path) => draft.read(path) ?? '');
  return existing.some((text) => text.includes('import * as request from'))
    ? '* as request'
    : 'request';
}

/**
 * Lets tests that start the application start it without PropelAuth.
 *
 * @returns the tests that were edited, and those to edit by hand
 */
export function editTests(
  draft: Draft,
  { sourceRoot, appModule, extension }: Project,
  root: ModuleFile,
): { edited: string[]; left: string[] } {
  const edited: string[] = [];
  const left: string[] = [];
  const folders = [sourceRoot, testFolder(sourceRoot)];
  for (const path of new Set(folders.flatMap((folder) => draft.filesIn(folder)))) {
    if (!TEST_FILE.test(path)) continue;
    const source = draft.readSource(path)!;
    if (source.moduleOf(appModule.name) === null || !source.importsFrom('@nestjs/testing'))
      continue;
    if (source.uses('overridePropelAuth')) continue;
    const calls = source.findCalls('Test.createTestingModule');
    if (calls.length === 0) continue;
    const isEdited = calls.every((call) => overrideIn(source, call, appModule.name, root.name));
    if (!isEdited) {
      left.push(path);
      continue;
    }
    source.addImport('overridePropelAuth', 'nestjs-propelauth/testing');
    source.addImport('TestIssuer', 'nestjs-propelauth/testing');
    if (root.name !== appModule.name) {
      const from = importPath(path, root.path, extension);
      if (source.occurrences(appModule.name).length === calls.length) {
        source.replaceImport(appModule.name, root.name, from);
      } else {
        source.addImport(root.name, from);
      }
    }
    draft.write(path, source.toString());
    edited.push(path);
  }
  return { edited, left };
}

/** Puts `overridePropelAuth()` around a call, if that imports the module and is in an asynchronous function. */
function overrideIn(
  source: SourceFile,
  call: ts.CallExpression,
  appModule: string,
  root: string,
): boolean {
  const { typescript } = source;
  const [metadata] = call.arguments;
  const imported = source
    .occurrences(appModule)
    .find((name) => name.parent.parent.parent === metadata && isImports(name.parent.parent));
  const surrounding = source.enclosing(call, typescript.isFunctionLike);
  const isAsynchronous =
    surrounding !== null &&
    typescript.canHaveModifiers(surrounding) &&
    typescript
      .getModifiers(surrounding)
      ?.some(({ kind }) => kind === typescript.SyntaxKind.AsyncKeyword) === true;
  if (imported === undefined || !isAsynchronous) return false;
  const outer = source.indentAt(call.getStart());
  const before = call.getText();
  const start = imported.getStart() - call.getStart();
  const renamed = before.slice(0, start) + root + before.slice(start + appModule.length);
  source.replace(
    call,
    `overridePropelAuth(\n${outer}  ${renamed.replaceAll('\n', '\n  ')},\n${outer}  { issuer: await TestIssuer.create() },\n${outer})`,
  );
  return true;

  function isImports(property: ts.Node): boolean {
    return typescript.isPropertyAssignment(property) && property.name.getText() === 'imports';
  }
}
