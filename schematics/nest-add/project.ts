import { posix } from 'node:path';
import type ts from 'typescript';
import type { Draft } from './draft.js';
import { ManualSetUpError } from './manual-set-up.error.js';
import type { NestAddOptions } from './options.js';
import type { SourceFile } from './source-file.js';

/** How the files of tests end. */
export const TEST_FILE = /[.-](?:spec|test)\.ts$/;
/** With it, editors of Windows begin a file. */
export const BYTE_ORDER_MARK = /^\uFEFF/;
const EXTENSION = /\.[jt]s$/;

export interface PackageJson {
  type?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

interface NestCliJson {
  readonly monorepo?: boolean;
  readonly entryFile?: string;
}

/** A module class and its file. */
export interface ModuleFile {
  readonly name: string;
  readonly path: string;
}

/** What the project of the user is. */
export interface Project {
  readonly sourceRoot: string;
  readonly packageJson: PackageJson;
  /** The file that starts the application. */
  readonly main: string;
  /** The module with the controllers and providers of the application. */
  readonly appModule: ModuleFile;
  /** The module that imports PropelAuthModule; null if none does. */
  readonly propelAuthIn: ModuleFile | null;
  /** How relative imports end: `.js`, `.ts` or not at all. */
  readonly extension: string;
  readonly hasConfigModule: boolean;
  readonly hasFastify: boolean;
}

/** Reads the project. Throws if the schematic cannot edit it. */
export function readProject(draft: Draft, options: NestAddOptions): Project {
  const packageJson = readJson(draft, 'package.json') as PackageJson | null;
  if (packageJson === null) {
    throw new ManualSetUpError(
      'This folder has no package.json.',
      'Run this command in the folder of your application.',
    );
  }
  const nestCli = readJson(draft, 'nest-cli.json') as NestCliJson | null;
  if (nestCli?.monorepo === true) {
    throw new ManualSetUpError(
      'This project is a monorepo, which this command does not edit.',
      'Set up each application by hand.',
    );
  }
  const { sourceRoot: given } = options;
  const sourceRoot = given === undefined || given === 'undefined' ? 'src' : given;
  const path = posix.join(sourceRoot, `${nestCli?.entryFile ?? 'main'}.ts`);
  const main = draft.readSource(path);
  if (main === null) {
    throw new ManualSetUpError(
      `${path} does not exist, so this command does not know which module to edit.`,
      'It edits applications in TypeScript, in the sourceRoot and with the entryFile of nest-cli.json.',
    );
  }
  const started = readStartedModule(draft, main);
  const propelAuthIn = findPropelAuthModule(draft, started, sourceRoot);
  return {
    sourceRoot,
    packageJson,
    main: path,
    appModule: propelAuthIn === null ? started : findAppModule(draft, propelAuthIn),
    propelAuthIn,
    extension: extensionOfImports(main),
    hasConfigModule:
      '@nestjs/config' in packagesOf(packageJson) &&
      usesConfigModule(draft, sourceRoot) &&
      !hasOwnConfigModule(draft, started, options),
    hasFastify: main.importsFrom('@nestjs/platform-fastify'),
  };
}

/** All packages that the project names, with their versions. */
export function packagesOf({ dependencies, devDependencies }: PackageJson): Record<string, string> {
  return { ...devDependencies, ...dependencies };
}

function readJson(draft: Draft, path: string): unknown {
  const text = draft.read(path);
  if (text === null) return null;
  try {
    return JSON.parse(text.replace(BYTE_ORDER_MARK, ''));
  } catch {
    throw new ManualSetUpError(`${path} is not valid JSON.`, 'Correct it.');
  }
}

/** The first argument of `NestFactory.create()` in the file that starts the application. */
export function startedModule(main: SourceFile): ts.Identifier | null {
  const [call, ...others] = main.findCalls('NestFactory.create');
  const [module] = call?.arguments ?? [];
  if (module === undefined || others.length > 0) return null;
  return main.typescript.isIdentifier(module) ? module : null;
}

function readStartedModule(draft: Draft, main: SourceFile): ModuleFile {
  const name = startedModule(main)?.text;
  const path = name === undefined ? null : pathOfClass(main, name);
  if (name === undefined || path === null) {
    throw new ManualSetUpError(
      `${main.path} does not start one module that it imports by its name and a relative path, as in import { AppModule } from './app.module' and NestFactory.create(AppModule).`,
      'This command edits no other form.',
    );
  }
  if (!draft.exists(path)) {
    throw new ManualSetUpError(
      `${main.path} imports ${name}, but ${path} does not exist.`,
      'Import it from the file that declares it.',
    );
  }
  return { name, path };
}

/** The file that declares a class: this one, or the one that it is imported from by a relative path. */
function pathOfClass(source: SourceFile, name: string): string | null {
  const module = source.moduleOf(name);
  if (module === null) return source.declaresClass(name) ? source.path : null;
  if (!module.startsWith('.')) return null;
  return posix.join(posix.dirname(source.path), `${module.replace(EXTENSION, '')}.ts`);
}

function extensionOfImports(main: SourceFile): string {
  const extensions = main.relativeImports().map((module) => EXTENSION.exec(module)?.[0]);
  return extensions.find((extension) => extension !== undefined) ?? '';
}

function findPropelAuthModule(
  draft: Draft,
  started: ModuleFile,
  sourceRoot: string,
): ModuleFile | null {
  for (const path of draft.filesIn(sourceRoot)) {
    if (!path.endsWith('.ts') || TEST_FILE.test(path)) continue;
    const source = draft.readSource(path);
    if (source?.moduleOf('PropelAuthModule') !== 'nestjs-propelauth') continue;
    if (path === started.path) return started;
    throw new ManualSetUpError(
      `${path} imports PropelAuthModule already, and this command only edits a set-up in ${started.name} (${started.path}).`,
      'Add what you need by hand.',
    );
  }
  return null;
}

/** The module next to PropelAuthModule; the module itself if it has controllers or providers. */
function findAppModule(draft: Draft, propelAuthIn: ModuleFile): ModuleFile {
  const source = draft.readSource(propelAuthIn.path)!;
  const metadata = moduleMetadata(source, propelAuthIn.name);
  const ofApplication = ['controllers', 'providers'];
  if (ofApplication.some((key) => source.propertyOf(metadata, key) !== undefined)) {
    return propelAuthIn;
  }
  const imported = moduleList(source, propelAuthIn.name, 'imports')?.elements ?? [];
  for (const element of imported.toReversed()) {
    const name = element.getText();
    const path = source.moduleOf(name) === null ? null : pathOfClass(source, name);
    if (path !== null && draft.exists(path)) return { name, path };
  }
  return propelAuthIn;
}

function usesConfigModule(draft: Draft, sourceRoot: string): boolean {
  return draft
    .filesIn(sourceRoot)
    .filter((path) => path.endsWith('.ts') && !TEST_FILE.test(path))
    .some((path) => draft.readSource(path)?.moduleOf('ConfigModule') === '@nestjs/config');
}

/** Whether the file that is to import ConfigModule has another class of this name. */
function hasOwnConfigModule(
  draft: Draft,
  { path }: ModuleFile,
  { skipLocal }: NestAddOptions,
): boolean {
  if (skipLocal !== true) return false;
  const module = draft.readSource(path)?.moduleOf('ConfigModule') ?? null;
  return module !== null && module !== '@nestjs/config';
}

/** The object in the `@Module()` of a class. */
export function moduleMetadata(source: SourceFile, name: string): ts.ObjectLiteralExpression {
  const { typescript } = source;
  const declaration = source
    .findAll(typescript.isClassDeclaration)
    .find((candidate) => candidate.name?.text === name);
  const decorators = (declaration && typescript.getDecorators(declaration)) ?? [];
  for (const { expression } of decorators) {
    if (!typescript.isCallExpression(expression) || expression.expression.getText() !== 'Module') {
      continue;
    }
    const [metadata] = expression.arguments;
    if (metadata !== undefined && typescript.isObjectLiteralExpression(metadata)) return metadata;
  }
  throw new ManualSetUpError(
    `${source.path} has no class ${name} with @Module({ … }).`,
    'This command edits no other form.',
  );
}

/** A list in the `@Module()` of a class; null if it has none. */
export function moduleList(
  source: SourceFile,
  name: string,
  key: string,
): ts.ArrayLiteralExpression | null {
  const { typescript } = source;
  const property = source.propertyOf(moduleMetadata(source, name), key);
  if (property === undefined) return null;
  if (
    typescript.isPropertyAssignment(property) &&
    typescript.isArrayLiteralExpression(property.initializer)
  ) {
    return property.initializer;
  }
  throw new ManualSetUpError(
    `${key} of ${name} in ${source.path} is not a list in brackets.`,
    'This command edits no other form.',
  );
}

/** A relative import of one file in another, as the project writes them. */
export function importPath(from: string, to: string, extension: string): string {
  const path = posix.relative(posix.dirname(from), to.replace(/\.ts$/, ''));
  return `${path.startsWith('.') ? '' : './'}${path}${extension}`;
}
