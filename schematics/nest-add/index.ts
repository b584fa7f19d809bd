import { posix } from 'node:path';
import type { Rule, TaskConfigurationGenerator } from '@angular-devkit/schematics';
import { DOCS } from './docs.js';
import { Draft } from './draft.js';
import type { NestAddOptions } from './options.js';
import { addPackages, addScript } from './package-json.js';
import { loadFormatter } from './prettier.js';
import { readProject } from './project.js';
import type { ModuleFile, Project } from './project.js';
import {
  addClassToModule,
  addLocalEntry,
  addRootModule,
  addToAppModule,
  localEntryOf,
  obstacleTo,
} from './set-up-module.js';
import { addSwagger } from './swagger.js';
import { ME_CONTROLLER, VARIABLES, WEBHOOK_PATH } from './templates.js';
import { addTest, editTests } from './tests.js';
import { loadTypeScript } from './typescript.js';
import { addWebhooks } from './webhooks.js';

/**
 * Sets up PropelAuth in an application: `nest add nestjs-propelauth`.
 *
 * @internal
 */
export function nestAdd(options: NestAddOptions): Rule {
  return async (tree, context) => {
    const { logger } = context;
    const draft = new Draft(tree, loadTypeScript());
    const project = readProject(draft, options);
    const report: Report = { steps: [], warnings: [] };
    const root = project.propelAuthIn ?? setUp(draft, project, options, report);
    if (options.skipLocal !== true) addDevelopmentEntry(draft, project, root, report);
    const missing = addOnRequest(draft, project, root, options, report);
    addVariables(draft, project, options, report);
    const hasChanged = await draft.commit(await loadFormatter());
    for (const warning of report.warnings) logger.warn(warning);
    if (!hasChanged) {
      logger.info('nestjs-propelauth is set up already. Nothing has been changed.');
      return;
    }
    if (missing.length > 0) {
      if (options.skipInstall === true)
        report.steps.unshift(`Install ${missing.join(' and ')}: npm install`);
      else context.addTask(INSTALLATION);
    }
    logger.info(['', 'Next steps:', ...report.steps.map((step) => `- ${step}`)].join('\n'));
  };
}

interface Report {
  /** What the user does next. */
  readonly steps: string[];
  /** What could not be done. */
  readonly warnings: string[];
}

const START_LOCAL = 'nest start --entryFile main.local --watch';

/** The same as `new NodePackageInstallTask()` of `@angular-devkit/schematics`, which this package does not depend on. */
const INSTALLATION: TaskConfigurationGenerator = {
  toConfiguration: () => ({ name: 'node-package', options: { command: 'install' } }),
};

/** Imports PropelAuthModule, and adds a first protected route with its test. */
function setUp(
  draft: Draft,
  project: Project,
  { skipLocal }: NestAddOptions,
  { steps, warnings }: Report,
): ModuleFile {
  const root = skipLocal === true ? addToAppModule(draft, project) : addRootModule(draft, project);
  const hasRoute = addMeController(draft, project, warnings);
  const { left } = editTests(draft, project, root);
  if (left.length > 0) {
    warnings.push(
      `These tests start ${project.appModule.name} without PropelAuthModule: ${left.join(', ')}. Edit them as ${DOCS}/testing.md shows.`,
    );
  }
  if (!hasRoute) return root;
  const test = addTest(draft, project, 'me', root);
  steps.push(
    test === null
      ? `No test was added: it needs @nestjs/testing, supertest, and Jest or Vitest. See ${DOCS}/testing.md.`
      : `Run the test of GET /me: ${test.endsWith('.e2e-spec.ts') ? 'npm run test:e2e' : 'npm test'}`,
  );
  return root;
}

/** Returns whether it was added. */
function addMeController(draft: Draft, project: Project, warnings: string[]): boolean {
  const controller = {
    name: 'MeController',
    path: posix.join(project.sourceRoot, 'me/me.controller.ts'),
  };
  const obstacle = obstacleTo(draft, project, controller);
  if (obstacle !== null) {
    warnings.push(`${obstacle}, so no protected route was added.`);
    return false;
  }
  draft.write(controller.path, ME_CONTROLLER);
  addClassToModule(draft, project, 'controllers', controller);
  return true;
}

function addDevelopmentEntry(
  draft: Draft,
  project: Project,
  root: ModuleFile,
  { steps, warnings }: Report,
): void {
  const entry = localEntryOf(project);
  const isMissing = !draft.exists(entry);
  if (isMissing) {
    if (root.path === project.appModule.path || root.path === project.main) {
      warnings.push(
        `No development entry was added, since ${root.path} declares ${root.name}, which imports PropelAuthModule. Add it by hand, as ${DOCS}/local-development.md shows.`,
      );
      return;
    }
    const knowsPort = addLocalEntry(draft, project);
    if (!knowsPort) steps.push(`In ${entry}, set origin to the address of the application.`);
  }
  const hasOtherScript = addScript(draft, 'start:local', START_LOCAL);
  if (!isMissing) return;
  const command = hasOtherScript ? `npx ${START_LOCAL}` : 'npm run start:local';
  steps.push(`Start the application without a PropelAuth account: ${command}`);
}

/** What the options ask for. Returns the packages to install for it. */
function addOnRequest(
  draft: Draft,
  project: Project,
  root: ModuleFile,
  { swagger, webhooks }: NestAddOptions,
  { steps }: Report,
): string[] {
  const packages: string[] = [];
  if (webhooks === true && addWebhooks(draft, project, root)) {
    packages.push('svix');
    addTest(draft, project, 'propelauth-events', root);
    steps.push(
      `Create a webhook endpoint in the PropelAuth dashboard, with the address of your application and ${WEBHOOK_PATH}.`,
    );
  }
  if (swagger === true && addSwagger(draft, project)) {
    packages.push('@nestjs/swagger', ...(project.hasFastify ? ['@fastify/static'] : []));
    steps.push('Open Swagger UI at /docs. The guard does not protect this page.');
  }
  return addPackages(draft, packages, project);
}

/** Adds what is missing in .env.example. */
function addVariables(
  draft: Draft,
  { hasConfigModule }: Project,
  { webhooks, skipLocal }: NestAddOptions,
  { steps }: Report,
): void {
  const before = draft.read('.env.example');
  const missing = Object.entries(VARIABLES)
    .filter(([name]) => webhooks === true || name !== 'PROPELAUTH_WEBHOOK_SECRET')
    .filter(([name]) => !new RegExp(`^#? *(?:export +)?${name} *=`, 'm').test(before ?? ''))
    .map(([, lines]) => `${lines}\n`);
  if (missing.length === 0) return;
  const end = before === null || before === '' || before.endsWith('\n') ? '' : '\n';
  const isFirst = before !== null && before !== '' && !before.includes('PROPELAUTH_');
  const gap = `${end}${isFirst ? '\n' : ''}`;
  draft.write('.env.example', `${before ?? ''}${gap}${missing.join('')}`);
  steps.push(
    `Copy .env.example to .env and fill it in, to start the application with your PropelAuth project: ${
      hasConfigModule ? 'npm start' : 'npm start -- --env-file .env'
    }`,
  );
  // ConfigModule leaves variables as they are that are set already, also to nothing.
  if (hasConfigModule && skipLocal !== true) {
    steps.push(
      'With .env, start the local users with PROPELAUTH_AUTH_URL= npm run start:local, since ConfigModule loads .env there, too',
    );
  }
}
