import type { Rule } from '@angular-devkit/schematics';
import { ME_CONTROLLER, PROPELAUTH_EVENTS, WEBHOOK_PATH } from './added-classes.js';
import { addVariables } from './env-example.js';
import { editTests } from './existing-tests.js';
import { importOf } from './imports.js';
import { DOCS } from './manual-set-up.error.js';
import { addClass, addPropelAuthModule } from './modules.js';
import { addTest } from './new-tests.js';
import { addPackages, writePackageJson } from './package-json.js';
import { ProjectFiles } from './project-files.js';
import { readProject } from './project.js';
import { addStartLocal } from './start-local.js';
import { addSwagger } from './swagger.js';

/** What `nest add nestjs-propelauth` takes. The same as in `schema.json`. */
export interface NestAddOptions {
  readonly swagger?: boolean;
  readonly webhooks?: boolean;
  /** The Nest CLI sets it; `undefined` as a text where `nest-cli.json` has none. */
  readonly sourceRoot?: string;
  readonly skipInstall?: boolean;
}

/** Sets up PropelAuth in an application: `nest add nestjs-propelauth`. */
export function nestAdd({ sourceRoot = 'src', ...options }: NestAddOptions): Rule {
  return (tree, context) => {
    const { swagger = false, webhooks = false, skipInstall = false } = options;
    const files = new ProjectFiles(tree, sourceRoot === 'undefined' ? 'src' : sourceRoot);
    const setUpIn = files
      .list(files.sourceRoot)
      .find((path) => importOf('PropelAuthModule').test(files.read(path)));
    if (setUpIn !== undefined) {
      context.logger.info(
        `nestjs-propelauth is set up already, in ${setUpIn}. Nothing has been changed. To add Swagger UI, webhooks or the emulator, see ${DOCS}/swagger, /webhooks and /emulator.`,
      );
      return;
    }
    const project = readProject(files);
    const steps: string[] = [];
    steps.push(...addStartLocal(project, webhooks));
    if (swagger) steps.push(addSwagger(project));
    addPropelAuthModule(project, webhooks);
    const testsToEdit = editTests(project);
    if (testsToEdit !== null) context.logger.warn(testsToEdit);
    for (const added of webhooks ? [ME_CONTROLLER, PROPELAUTH_EVENTS] : [ME_CONTROLLER]) {
      if (addClass(project, added)) steps.push(addTest(project, added));
      else context.logger.warn(`No ${added.name} was added: the project has one already.`);
    }
    if (webhooks) {
      steps.push(
        `Create a webhook endpoint in the PropelAuth dashboard, with the address of your application and ${WEBHOOK_PATH}.`,
      );
    }
    steps.push(addVariables(project, webhooks));
    const packages = addPackages(project.packageJson, { swagger, webhooks });
    writePackageJson(project);
    if (packages.length > 0 && skipInstall) {
      steps.unshift(`Install ${packages.join(' and ')}: npm install`);
    } else if (packages.length > 0) {
      // The same as NodePackageInstallTask of @angular-devkit/schematics, which this package does not depend on.
      const task = { name: 'node-package', options: { command: 'install' } };
      context.addTask({ toConfiguration: () => task });
    }
    context.logger.info(['', 'Next steps:', ...steps.map((step) => `- ${step}`)].join('\n'));
  };
}
