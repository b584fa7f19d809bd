import { posix } from 'node:path';
import type { Draft } from './draft.js';
import { ManualSetUpError } from './manual-set-up.error.js';
import { importPath } from './project.js';
import type { Project } from './project.js';
import { localEntryOf } from './set-up-module.js';
import type { SourceFile } from './source-file.js';
import { swagger } from './templates.js';

/** Serves Swagger UI in each entry, unless one does. Returns whether anything was added. */
export function addSwagger(draft: Draft, project: Project): boolean {
  const path = posix.join(project.sourceRoot, 'swagger.ts');
  const entries = [project.main, localEntryOf(project)].filter((entry) => draft.exists(entry));
  const without = entries.filter(
    (entry) => !/\bsetUpSwagger\b|\bPropelAuthSwagger\b/.test(draft.read(entry)!),
  );
  if (without.length === 0) return false;
  if (!draft.exists(path)) draft.write(path, swagger(titleOf(project)));
  else if (!draft.readSource(path)!.importsFrom('nestjs-propelauth/swagger')) {
    throw new ManualSetUpError(
      `${path} exists already, and this command needs a file of this name.`,
      'In your set-up of Swagger, replace SwaggerModule with PropelAuthSwagger of nestjs-propelauth/swagger.',
    );
  }
  for (const entry of without) callIn(draft.readSource(entry)!, path, project, draft);
  return true;
}

function titleOf({ packageJson }: Project): string {
  const name = (packageJson as { name?: string }).name ?? '';
  return /^[\w@/. -]+$/.test(name) ? name : 'My API';
}

function callIn(entry: SourceFile, path: string, { extension }: Project, draft: Draft): void {
  const { typescript } = entry;
  if (entry.uses('SwaggerModule')) {
    throw new ManualSetUpError(
      `${entry.path} sets up SwaggerModule already.`,
      'Replace SwaggerModule with PropelAuthSwagger of nestjs-propelauth/swagger, and run this command without --swagger.',
    );
  }
  const [created] = entry.findCalls('NestFactory.create');
  const application = created && entry.enclosing(created, typescript.isVariableDeclaration);
  const name = application?.name.getText();
  const listen = entry.findCalls(`${name}.listen`)[0];
  const statement = listen && entry.enclosing(listen, typescript.isStatement);
  const isInList =
    statement &&
    (typescript.isBlock(statement.parent) || typescript.isSourceFile(statement.parent));
  if (!isInList) {
    throw new ManualSetUpError(
      `${entry.path} has no line such as await app.listen(3000) before which this command can set up Swagger UI.`,
      'Set it up by hand, and run this command without --swagger.',
    );
  }
  entry.insertBefore(statement, `setUpSwagger(${name});`);
  entry.addImport('setUpSwagger', importPath(entry.path, path, extension));
  draft.write(entry.path, entry.toString());
}
