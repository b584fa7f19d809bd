import type { AddedClass } from './added-classes.js';
import { addImport, replaceImport } from './imports.js';
import { ManualSetUpError } from './manual-set-up.error.js';
import { CREATE, importPath } from './project.js';
import type { ModuleFile, Project } from './project.js';
import { propelAuthModule, rootModule } from './templates.js';

/** Imports PropelAuthModule in a new RootModule next to the module of the application, and starts that. */
export function addRootModule(project: Project, hasWebhooks: boolean): ModuleFile {
  const { files, main, appModule } = project;
  const root = { name: 'RootModule', path: files.inSources('root.module.ts') };
  files.create(root.path, rootModule(project, root.path, hasWebhooks));
  const started = files.read(main).replace(CREATE, `$1${root.name}`);
  const from = importPath(main, root.path, project);
  files.overwrite(main, replaceImport(started, appModule.name, root.name, from));
  return root;
}

/** Imports PropelAuthModule in the module of the application. */
export function addToAppModule(project: Project, hasWebhooks: boolean): ModuleFile {
  const { files, appModule, hasConfigModule } = project;
  let text = addToModule(project, 'imports', propelAuthModule(project, hasWebhooks));
  if (hasConfigModule) text = addImport(text, 'ConfigService', '@nestjs/config');
  files.overwrite(appModule.path, addImport(text, 'PropelAuthModule', 'nestjs-propelauth'));
  return appModule;
}

/** Adds a class to the module of the application. Returns whether its name was free. */
export function addClass(project: Project, { name, file, list, text }: AddedClass): boolean {
  const { files, appModule } = project;
  const path = files.inSources(file);
  const isUsed = new RegExp(`\\b${name}\\b`).test(files.read(appModule.path));
  if (isUsed || files.exists(path)) return false;
  files.create(path, text);
  const from = importPath(appModule.path, path, project);
  files.overwrite(appModule.path, addImport(addToModule(project, list, name), name, from));
  return true;
}

/** The module of the application with an element in a list of `@Module()`. Each list begins a line, as formatters write it. */
function addToModule(
  { files, appModule: { name, path } }: Project,
  key: 'imports' | 'controllers' | 'providers',
  element: string,
): string {
  const text = files.read(path);
  const [metadata = '', indent = ''] =
    new RegExp(
      `^@Module\\(\\{\\n([ \\t]+)(?:(?!\\n\\}\\))[^])*\\n\\}\\)\\n(?:@.*\\n)*export class ${name}\\b`,
      'm',
    ).exec(text) ?? [];
  const list = new RegExp(`^${indent}${key}: \\[(?:(.*?),? *\\],?)?$`, 'm');
  const otherForm = new RegExp(`^${indent}(?:['"]?${key}\\b|\\.\\.\\.)`, 'm');
  if (metadata === '' || (!list.test(metadata) && otherForm.test(metadata))) {
    throw new ManualSetUpError(
      `${path} has no @Module({ … }) of the class ${name} with a line such as ${key}: [], to which this command can add. Write it so.`,
    );
  }
  const withList = list.test(metadata)
    ? metadata
    : metadata.replace('\n', `\n${indent}${key}: [],\n`);
  const edited = withList.replace(list, (_line, others?: string) => {
    const isMultiLine = others === undefined || element.includes('\n');
    const elements = [element, others].filter(Boolean);
    if (!isMultiLine) return `${indent}${key}: [${elements.toReversed().join(', ')}],`;
    const lines = `\n${elements.join(',\n')},`.replaceAll('\n', `\n${indent}${indent}`);
    return `${indent}${key}: [${lines}${others === undefined ? '' : `\n${indent}],`}`;
  });
  return text.replace(metadata, () => edited);
}
