import type { CanActivate, Type } from '@nestjs/common';
import { callerRulesOf } from '../../rules/caller-rules.js';
import { isEveryone } from '../../rules/callers.js';
import { guardsOf, isGuardOf } from '../../rules/guard-metadata.js';
import { TYPE_RESOLVER } from './unreached-handlers.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';

/** A handler as this check looks at it. That of another library has no type. */
type PublicMethod = Pick<
  ApplicationHandler,
  'controller' | 'handler' | 'policy' | 'levels' | 'isMadeByFactory' | 'providesGuard'
>;

/** A decorator that names the own guard of a handler. */
interface NamingRule {
  readonly decorator: string;
  readonly guard: Type<CanActivate>;
}

/** The types of handlers that every global guard reaches wherever Nest calls guards for them. */
const REACHED_BY_GLOBAL_GUARDS: readonly ApplicationHandler['type'][] = [
  'http',
  'operation',
  'field',
  'reference',
];

/**
 * Handlers under `@Public({ guardedBy })` for which Nest does not run the guard, so that nothing protects them.
 *
 * @param isGlobal whether a global guard of a class reaches the handler
 */
export function findAbsentGuardsOf(
  audited: PublicMethod,
  isGlobal: (guard: Type) => boolean,
): string[] {
  return namingRulesOf(audited)
    .filter(({ guard }) => !isGlobal(guard) && !isInFrontOf(audited, guard))
    .map((rule) =>
      audited.isMadeByFactory ? describeObstacle(rule, FACTORY) : describeAbsent(rule),
    );
}

/** The same for a handler whose type is known: for some fields, Nest calls no guards at all. */
export function findAbsentGuards(audited: ApplicationHandler, app: AuditedApplication): string[] {
  const obstacle = obstacleOf(audited, app);
  if (obstacle !== undefined) {
    return namingRulesOf(audited).map((rule) => describeObstacle(rule, obstacle));
  }
  const isReached = REACHED_BY_GLOBAL_GUARDS.includes(audited.type);
  return findAbsentGuardsOf(audited, (guard) => isReached && app.isGlobalGuard(guard));
}

/** The rules under which the handler is for everyone. Two on one level may name two guards, which then both have to run. */
function namingRulesOf({
  policy,
  levels,
}: Pick<PublicMethod, 'policy' | 'levels'>): readonly NamingRule[] {
  if (!isEveryone(policy.callers)) return [];
  return callerRulesOf(levels).flatMap(({ decorator, guardedBy }) =>
    guardedBy === undefined ? [] : [{ decorator, guard: guardedBy }],
  );
}

function isInFrontOf({ controller, handler, providesGuard }: PublicMethod, guard: Type): boolean {
  const isOn = (subject: Function) =>
    guardsOf(subject)
      .filter((one) => isGuardOf(guard, one))
      .some((one) => typeof one !== 'function' || providesGuard(one));
  // Depending on its version, Nest looks for guards on either of these classes.
  const classes = [controller, (controller.prototype as { constructor: Function }).constructor];
  return isOn(handler) || classes.every(isOn);
}

/** What Nest does not call, and what to do about it. */
interface Obstacle {
  readonly what: string;
  readonly fix: string;
}

function obstacleOf(
  { type, name }: ApplicationHandler,
  { guardsReach }: AuditedApplication,
): Obstacle | undefined {
  if (type !== 'field' && type !== 'reference') return undefined;
  if (name === TYPE_RESOLVER) return TYPE;
  return guardsReach[type] ? undefined : FIELD;
}

const FACTORY: Obstacle = {
  what: 'guard classes for a class that useFactory or useValue provides',
  fix: 'Provide the class itself, as in providers: [ReportsResolver]',
};

const FIELD: Obstacle = {
  what: 'guards for fields and references',
  fix: "Add fieldResolverEnhancers: ['guards'] to the options of every GraphQLModule",
};

const TYPE: Obstacle = {
  what: 'guards for a method of this name',
  fix: "Rename the method: @ResolveField('__resolveType') resolveType()",
};

function describeAbsent({ decorator, guard }: NamingRule): string {
  return `${decorator} names a guard that does not run for it. Add @UseGuards(${guard.name}), or remove guardedBy.`;
}

function describeObstacle({ decorator }: NamingRule, { what, fix }: Obstacle): string {
  return `${decorator} names a guard, but Nest does not call ${what}. ${fix}, or remove guardedBy.`;
}
