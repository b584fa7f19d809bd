import { addImport } from './imports.js';
import { ManualSetUpError } from './manual-set-up.error.js';
import { importPath } from './project.js';
import type { Project } from './project.js';
import { swagger } from './templates.js';

/** Serves Swagger UI in main.ts. Returns what the user does next. */
export function addSwagger(project: Project): string {
  const { files, main, packageJson } = project;
  const text = files.read(main);
  const [, app] = /\b(?:const|let) (\w+) =\s+await NestFactory\.create\b/.exec(text) ?? [];
  const listen = new RegExp(`^([ \\t]*)(?:await )?${app}\\.listen\\(`, 'm');
  if (!listen.test(text) || text.includes('SwaggerModule')) {
    throw new ManualSetUpError(
      `${main} sets up SwaggerModule already, or has no line such as await app.listen(3000) before which this command can set up Swagger UI. Use PropelAuthSwagger of nestjs-propelauth/swagger in your own setup, and run this command without --swagger.`,
    );
  }
  const path = files.inSources('swagger.ts');
  files.create(path, swagger(packageJson.name?.replaceAll("'", '') ?? 'My API'));
  const edited = text.replace(listen, `$1setUpSwagger(${app});\n$&`);
  files.overwrite(main, addImport(edited, 'setUpSwagger', importPath(main, path, project)));
  return 'Open Swagger UI at /docs. The guard does not protect this page.';
}
