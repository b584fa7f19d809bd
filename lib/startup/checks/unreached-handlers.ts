import { hasGuard } from '../../rules/guard-metadata.js';
import { isForEveryone } from '../../rules/handler-access.js';
import { hasHandlerGuard } from '../../guard/propel-auth.guard.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { resolversWithoutOperation } from '../application/reached-fields.js';
import { guardsFields } from '../application/served-schemas.js';

/** Handlers that look guarded but are open, because Nest does not call the guard there. */
export function findUnreachedHandlers(
  audited: ApplicationHandler,
  app: AuditedApplication,
): string[] {
  const { type, name, policy } = audited;
  const isTypeResolver = type === 'field' && name === TYPE_RESOLVER;
  if (app.guardsReach[type] && !isTypeResolver) return [];
  switch (type) {
    case 'field':
      if (!policy.isExplicit || !isGuarded(audited)) return [];
      if (isTypeResolver) return [UNGUARDED_TYPE];
      return [isInRuledClass(audited) ? UNGUARDED_BY_CLASS : UNGUARDED_FIELD];
    case 'reference':
      return isGuarded(audited) ? [UNGUARDED_REFERENCE] : [];
    case 'gateway':
      return isGuardedByDefault(audited, app) ? [UNGUARDED_GATEWAY] : [];
    case 'message':
      return isGuardedByDefault(audited, app) ? [UNGUARDED_MESSAGE] : [];
    default:
      return [];
  }
}

const UNGUARDED_FIELD =
  'The field is open, because Nest does not call guards for fields. Move the rule to the queries that return the field (a rule that ' +
  "only requires a user is needless under requireUserByDefault), or add fieldResolverEnhancers: ['guards'] to the options of every " +
  'GraphQLModule, which runs every guard for each field.';

/** The end of messages about fields whose rules, or those of their class, hide the caller of the operation or are not checked. */
export const RULES_BELONG_TO_OPERATIONS =
  'Put rules on the queries and mutations that return the field, and none on the field or its class: without one, it has their caller and ' +
  'organization.';

const UNGUARDED_BY_CLASS = `The rule of its class is not checked, because Nest does not call guards for fields. ${RULES_BELONG_TO_OPERATIONS}`;

// Without its rule, a reference would stay open: it belongs to no query.
const UNGUARDED_REFERENCE =
  'The reference is open, because Nest does not call guards for references. Add fieldResolverEnhancers: ' +
  "['guards'] to the options of every GraphQLModule.";

// GraphQL's name for a type resolver. Nest calls no guards for any method of this name.
export const TYPE_RESOLVER = '__resolveType';

const UNGUARDED_TYPE =
  'The type resolver is open, because Nest does not call guards for a method of this name. Rename the method: ' +
  "@ResolveField('__resolveType') resolveType().";

const UNGUARDED_GATEWAY =
  'The handler is open, because the global guard does not reach gateways under Nest 11, or if the guard is request-scoped. ' +
  'Add @RequireUser() to the handler or its class, or @Public() to the handler.';

const UNGUARDED_MESSAGE =
  'The handler may be open, because the global guard does not reach microservices connected without { ' +
  'inheritAppConfig: true }. Add @RequireUser() to the handler or its class, or @Public() to the handler.';

/** Whether the handler looks guarded. */
function isGuarded({ access }: ApplicationHandler): boolean {
  return !isForEveryone(access.access);
}

function isInRuledClass({ levels }: ApplicationHandler): boolean {
  return levels.classes.some(({ rules, isDropped }) => rules.length > 0 && isDropped !== true);
}

function isGuardedByDefault(
  audited: ApplicationHandler,
  { isGuardGlobal }: AuditedApplication,
): boolean {
  const { controller, handler, policy, isMadeByFactory } = audited;
  // Nest calls no guard class for it. findLostGuards() reports the handlers with a rule.
  const losesGuard = isMadeByFactory && !policy.isExplicit;
  const hasOwnGuard = [controller, handler].some((one) => hasHandlerGuard(one) || hasGuard(one));
  return isGuardGlobal && isGuarded(audited) && (losesGuard || !hasOwnGuard);
}

/** The fields that a global guard seems to protect, but does not: a query reaches them without a decision, and Nest calls no guards for fields. */
export function findOpenFields({ isGuardGlobal, schemas, handlers }: AuditedApplication): string[] {
  if (!isGuardGlobal) return [];
  // The global guard protects the fields for which Nest calls guards.
  const unguarded = schemas.filter(({ options }) => !guardsFields(options));
  return resolversWithoutOperation(unguarded, handlers)
    .filter(({ handler }) => handler.policy.exemptedBy === undefined)
    .map(
      ({ handler: { controller, name }, field, reachedBy }) =>
        `${controller.name}.${name} (GraphQL field ${field}): the field is open, because no guard checks ${reachedBy} ` +
        "above it, and Nest does not call guards for fields. Add fieldResolverEnhancers: ['guards'] to the options of " +
        'GraphQLModule.',
    );
}
