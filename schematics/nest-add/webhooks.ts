import { posix } from 'node:path';
import type ts from 'typescript';
import type { Draft } from './draft.js';
import { ManualSetUpError } from './manual-set-up.error.js';
import type { ModuleFile, Project } from './project.js';
import { addClassToModule, localEntryOf, obstacleTo } from './set-up-module.js';
import type { SourceFile } from './source-file.js';
import { PROPELAUTH_EVENTS, WEBHOOK_PATH } from './templates.js';

const SECRET = 'PROPELAUTH_WEBHOOK_SECRET';

/**
 * Receives events: the option `webhooks` of both modules, and a class with handlers.
 *
 * @returns whether anything was added
 */
export function addWebhooks(draft: Draft, project: Project, propelAuthIn: ModuleFile): boolean {
  const isAdded = addOption(draft, propelAuthIn.path, 'PropelAuthModule', (config) => {
    const secret = config === null ? `process.env.${SECRET}!` : `${config}.get('${SECRET}', '')`;
    return `webhooks: {\n  secret: ${secret},\n  path: '${WEBHOOK_PATH}',\n}`;
  });
  const local = localEntryOf(project);
  if (draft.exists(local)) {
    addOption(draft, local, 'LocalPropelAuthModule', () => `webhooks: { path: '${WEBHOOK_PATH}' }`);
  }
  // Whoever had the option before has handlers, or routes of their own.
  if (!isAdded) return false;
  const events = {
    name: 'PropelAuthEvents',
    path: posix.join(project.sourceRoot, 'propelauth-events.ts'),
  };
  const obstacle = obstacleTo(draft, project, events);
  if (obstacle !== null) {
    throw new ManualSetUpError(`${obstacle}, and this command needs its name.`, 'Rename it.');
  }
  draft.write(events.path, PROPELAUTH_EVENTS);
  addClassToModule(draft, project, 'providers', events);
  return true;
}

/** Adds an option to a set-up, unless it has it. */
function addOption(
  draft: Draft,
  path: string,
  module: string,
  write: (config: string | null) => string,
): boolean {
  const source = draft.readSource(path)!;
  const set = optionsOf(source, module);
  if (set === null) {
    throw new ManualSetUpError(
      `${path} has no ${module}.forRoot({ … }) to which this command can add webhooks.`,
      'Add the option webhooks by hand.',
    );
  }
  if (source.propertyOf(set.options, 'webhooks') !== undefined) return false;
  source.addProperty(set.options, write(set.config));
  draft.write(path, source.toString());
  return true;
}

interface SetUp {
  readonly options: ts.ObjectLiteralExpression;
  /** The parameter of the factory that is a ConfigService. */
  readonly config: string | null;
}

function optionsOf(source: SourceFile, module: string): SetUp | null {
  const { typescript } = source;
  const [direct] = source.findCalls(`${module}.forRoot`);
  const options = direct?.arguments[0];
  if (options !== undefined && typescript.isObjectLiteralExpression(options)) {
    return { options, config: null };
  }
  const [asynchronous] = source.findCalls(`${module}.forRootAsync`);
  const factory = source
    .findAll(typescript.isArrowFunction)
    .find((candidate) => candidate.parent.parent === asynchronous?.arguments[0]);
  if (factory === undefined) return null;
  const body = typescript.isParenthesizedExpression(factory.body)
    ? factory.body.expression
    : factory.body;
  if (!typescript.isObjectLiteralExpression(body)) return null;
  const config = factory.parameters.find(({ type }) => type?.getText().startsWith('ConfigService'));
  return { options: body, config: config?.name.getText() ?? null };
}
