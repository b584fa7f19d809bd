import { addImport, insertAfterImports } from './imports.js';
import { CREATE } from './project.js';
import type { Project } from './project.js';
import { localAppModule, PORT } from './templates.js';

const START_LOCAL = 'nest start --entryFile main.local --watch';

/** Makes a development entry of main.ts, with the local module. Returns what the user does next. */
export function addDevelopmentEntry(project: Project, hasWebhooks: boolean): string[] {
  const { files, main, appModule, packageJson } = project;
  const path = files.inSources('main.local.ts');
  const started = files.read(main).replace(CREATE, '$1LocalAppModule');
  const withModule = addImport(started, 'Module', '@nestjs/common');
  const entry = addImport(withModule, 'LocalPropelAuthModule', 'nestjs-propelauth/local');
  const text = insertAfterImports(entry, `\n${localAppModule(appModule.name, hasWebhooks)}`);
  files.create(path, text);
  const { scripts = {} } = packageJson;
  const isFree = scripts['start:local'] === undefined;
  if (isFree) packageJson.scripts = { ...scripts, 'start:local': START_LOCAL };
  const command = isFree ? 'npm run start:local' : `npx ${START_LOCAL}`;
  const steps = [`Start the application without a PropelAuth account: ${command}`];
  if (!text.includes(`.listen(${PORT})`)) {
    steps.push(`In ${path}, set origin to the address on which the application listens.`);
  }
  // ConfigModule leaves variables as they are that are set already, also to nothing.
  if (project.hasConfigModule) {
    steps.push(
      `With .env, which ConfigModule loads there, start it with PROPELAUTH_AUTH_URL= ${command}`,
    );
  }
  return steps;
}
