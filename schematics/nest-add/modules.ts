import type { AddedClass } from './added-classes.js';
import { addImport } from './imports.js';
import { ManualSetUpError } from './manual-set-up.error.js';
import { importPath } from './project.js';
import type { Project } from './project.js';
import { propelAuthModule } from './templates.js';

/** Imports PropelAuthModule in the module of the application. */
export function addPropelAuthModule(project: Project, hasWebhooks: boolean): void {
  const { files, appModule, hasConfigModule } = project;
  let text = addToModule(project, 'imports', propelAuthModule(project, hasWebhooks));
  if (hasConfigModule) text = addImport(text, 'ConfigService', '@nestjs/config');
  files.overwrite(appModule.path, addImport(text, 'PropelAuthModule', 'nestjs-propelauth'));
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
