import { posix } from 'node:path';
import { importOf } from './imports.js';
import { ManualSetUpError } from './manual-set-up.error.js';
import type { PackageJson } from './package-json.js';
import type { ProjectFiles } from './project-files.js';

/** The start of the call that creates the application, and the module that it starts. */
const CREATE = /(NestFactory\.create(?:<[^(]*>)?\(\s*)(\w+)(?=\s*[,)])/g;

/** A module and its file. */
export interface ModuleFile {
  readonly name: string;
  readonly path: string;
}

/** What the project of the user is. */
export interface Project {
  readonly files: ProjectFiles;
  readonly packageJson: PackageJson;
  /** The file that starts the application. */
  readonly main: string;
  /** The module that the application starts. */
  readonly appModule: ModuleFile;
  /** How relative imports end: `.js`, `.ts` or not at all. */
  readonly extension: string;
  readonly hasConfigModule: boolean;
}

/** Reads the project. Throws if the schematic cannot edit it. */
export function readProject(files: ProjectFiles): Project {
  if (/"monorepo": *true/.test(files.read('nest-cli.json'))) {
    throw new ManualSetUpError('This project is a monorepo. Set up each application by hand.');
  }
  const main = files.inSources('main.ts');
  const [created, ...others] = files.read(main).matchAll(CREATE);
  const name = created?.[2] ?? '';
  const [, , module = ''] = importOf(name).exec(files.read(main)) ?? [];
  const [extension = ''] = /\.[jt]s$/.exec(module) ?? [];
  const path = files.inSources(`${module.slice(0, module.length - extension.length)}.ts`);
  if (others.length > 0 || !module.startsWith('.') || !files.exists(path)) {
    throw new ManualSetUpError(
      `${main} does not start one module that it imports by its name and the relative path of its file, as in import { AppModule } from './app.module' and NestFactory.create(AppModule). This command edits no other form.`,
    );
  }
  return {
    files,
    packageJson: JSON.parse(files.read('package.json')) as PackageJson,
    main,
    appModule: { name, path },
    extension,
    hasConfigModule: importOf('ConfigModule').exec(files.read(path))?.[2] === '@nestjs/config',
  };
}

/** A relative import of one file in another, as the project writes them. */
export function importPath(from: string, to: string, { extension }: Project): string {
  const path = posix.relative(posix.dirname(from), to.replace(/\.ts$/, ''));
  return `${path.startsWith('.') ? '' : './'}${path}${extension}`;
}
