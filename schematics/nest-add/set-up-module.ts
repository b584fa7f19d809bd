import { posix } from 'node:path';
import { ManualSetUpError } from './manual-set-up.error.js';
import { importPath, moduleList, moduleMetadata, startedModule } from './project.js';
import type { ModuleFile, Project } from './project.js';
import type { Draft } from './draft.js';
import type { SourceFile } from './source-file.js';
import {
  DEFAULT_PORT,
  localAppModule,
  propelAuthImports,
  propelAuthModule,
  rootModule,
} from './templates.js';

/** The development entry. */
export function localEntryOf({ sourceRoot }: Project): string {
  return posix.join(sourceRoot, 'main.local.ts');
}

/**
 * Imports PropelAuthModule: in a new RootModule next to the module of the application, which main.ts then starts.
 *
 * @returns the module that imports it
 */
export function addRootModule(draft: Draft, project: Project): ModuleFile {
  const { sourceRoot, appModule, extension, hasConfigModule } = project;
  const root = { name: 'RootModule', path: posix.join(sourceRoot, 'root.module.ts') };
  const main = draft.readSource(project.main)!;
  if (draft.exists(root.path) || main.moduleOf(root.name) !== null) {
    throw new ManualSetUpError(
      `${root.path} exists already, and this command needs a file of this name.`,
      'Rename it, or use --skip-local.',
    );
  }
  if (appModule.path === project.main) {
    throw new ManualSetUpError(
      `${project.main} declares ${appModule.name} itself.`,
      'Move it to a file of its own and import it.',
    );
  }
  const from = importPath(root.path, appModule.path, extension);
  draft.write(root.path, rootModule({ name: appModule.name, from }, hasConfigModule));
  replaceStarted(main, root, importPath(project.main, root.path, extension));
  draft.write(main.path, main.toString());
  return root;
}

/** Imports PropelAuthModule in the module of the application. */
export function addToAppModule(draft: Draft, project: Project): ModuleFile {
  const { appModule, hasConfigModule } = project;
  addToModule(draft, appModule, 'imports', propelAuthModule(hasConfigModule));
  const source = draft.readSource(appModule.path)!;
  for (const [name, module] of propelAuthImports(hasConfigModule)) source.addImport(name, module);
  draft.write(appModule.path, source.toString());
  return appModule;
}

/** What keeps a class from being added in a file of its own; null if nothing does. */
export function obstacleTo(
  draft: Draft,
  { appModule }: Project,
  { name, path }: ModuleFile,
): string | null {
  if (draft.exists(path)) return `${path} exists already`;
  const source = draft.readSource(appModule.path)!;
  const hasOther = source.moduleOf(name) !== null || source.declaresClass(name);
  return hasOther ? `${appModule.path} has another class ${name}` : null;
}

/** Adds an element to a list of a module. */
export function addToModule(
  draft: Draft,
  { name, path }: ModuleFile,
  key: 'imports' | 'controllers' | 'providers',
  element: string,
): void {
  const source = draft.readSource(path)!;
  const list = moduleList(source, name, key);
  const metadata = moduleMetadata(source, name);
  if (list !== null) source.addElement(list, element);
  else if (metadata.properties.some(source.typescript.isSpreadAssignment)) {
    throw new ManualSetUpError(
      `@Module() of ${name} in ${path} contains another object (...), whose ${key} a list of this command would replace.`,
      `Add ${key}: [] to @Module(), with what that object contains.`,
    );
  } else source.addProperty(metadata, `${key}: [${element}]`);
  draft.write(path, source.toString());
}

/** Adds a class of the application to a list of its module. */
export function addClassToModule(
  draft: Draft,
  { appModule, extension }: Project,
  key: 'controllers' | 'providers',
  added: ModuleFile,
): void {
  addToModule(draft, appModule, key, added.name);
  const source = draft.readSource(appModule.path)!;
  source.addImport(added.name, importPath(appModule.path, added.path, extension));
  draft.write(appModule.path, source.toString());
}

/**
 * Makes a development entry of main.ts, with the local module instead of PropelAuthModule.
 *
 * @returns whether main.ts says on which port it listens; otherwise the local module assumes the usual one
 */
export function addLocalEntry(draft: Draft, project: Project): boolean {
  const { main, appModule, extension } = project;
  const entry = draft.readSource(main)!;
  const { typescript } = entry;
  const port = findPort(entry);
  const started = startedModule(entry)!;
  entry.replace(started, 'LocalAppModule');
  entry.replaceImport(started.text, appModule.name, importPath(main, appModule.path, extension));
  entry.addImport('Module', '@nestjs/common');
  entry.addImport('LocalPropelAuthModule', 'nestjs-propelauth/local');
  const root = localAppModule(appModule.name, port ?? DEFAULT_PORT);
  entry.insertBefore(firstStatementAfterImports(entry), `${root}\n`);
  // The linter of the Nest CLI warns of a promise that nothing waits for.
  for (const call of entry.findCalls('bootstrap')) {
    if (typescript.isExpressionStatement(call.parent))
      entry.replace(call, `void ${call.getText()}`);
  }
  draft.write(localEntryOf(project), entry.toString());
  return port !== null;
}

function firstStatementAfterImports(source: SourceFile) {
  const { typescript } = source;
  const [file] = source.findAll(typescript.isSourceFile);
  const lastImport = file!.statements.findLastIndex(typescript.isImportDeclaration);
  return file!.statements[lastImport + 1]!;
}

/** Starts another module, and imports it. */
function replaceStarted(main: SourceFile, root: ModuleFile, from: string): void {
  const started = startedModule(main)!;
  main.replace(started, root.name);
  if (main.occurrences(started.text).length === 1) {
    main.replaceImport(started.text, root.name, from);
  } else {
    main.addImport(root.name, from);
  }
}

/** The port on which main.ts listens, if it is a number or comes from the environment. */
function findPort(main: SourceFile): string | null {
  const { typescript } = main;
  const [call] = main
    .findAll(typescript.isCallExpression)
    .filter(({ expression }) => expression.getText().endsWith('.listen'));
  const port = call?.arguments[0]?.getText();
  return port !== undefined &&
    /^(?:process\.env(?:\.\w+|\['\w+'\]) *(?:\?\?|\|\|) *)?'?\d+'?$/.test(port)
    ? port.replaceAll("'", port.startsWith('process') ? "'" : '')
    : null;
}
