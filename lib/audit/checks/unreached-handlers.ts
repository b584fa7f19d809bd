import { hasGuard } from '../../rules/guard-metadata.js';
import { isForEveryone } from '../../rules/handler-access.js';
import { hasHandlerGuard } from '../../guard/handler.guard.js';
import { handlerNamesOf } from '../application/handler-names.js';
import type { AuditedHandler, AuditContext } from './audited-handler.js';

/** Handlers that look guarded and are not, since Nest does not call the guard there. */
export function findUnreachedHandlers(
  audited: AuditedHandler,
  auditContext: AuditContext,
): string[] {
  switch (audited.kind) {
    case 'field':
      if (!audited.policy.isExplicit || !isGuarded(audited)) return [];
      if (audited.name === TYPE_RESOLVER) return [UNGUARDED_TYPE];
      return auditContext.areFieldsGuarded ? [] : [UNGUARDED_FIELD];
    case 'reference':
      return auditContext.areFieldsGuarded || !isGuarded(audited) ? [] : [UNGUARDED_FIELD];
    case 'gateway':
      return auditContext.globalGuardsReachGateways || !isGuardedByDefault(audited, auditContext)
        ? []
        : [UNGUARDED_GATEWAY];
    case 'message':
      return auditContext.isHttpApplication && isGuardedByDefault(audited, auditContext)
        ? [UNGUARDED_MESSAGE]
        : [];
    case 'mcp':
      return auditContext.isHttpApplication && isUndecided(audited, auditContext)
        ? [describeUndecided(audited)]
        : [];
    case 'operation':
      return [];
  }
}

const UNGUARDED_FIELD =
  "Nest calls no guard here, which leaves it open. Add fieldResolverEnhancers: ['guards'] to the options of every GraphQLModule.";

// What GraphQL calls the resolver that tells of which type an object is. Nest decides by the name of the method.
const TYPE_RESOLVER = '__resolveType';

const UNGUARDED_TYPE =
  'Nest calls no guard for a method of this name, which leaves it open. Give the method another name: ' +
  "@ResolveField('__resolveType') resolveType().";

const UNGUARDED_GATEWAY =
  'The global guard does not reach gateways under Nest 11, nor where it is request-scoped, which leaves it open. Write ' +
  '@RequireUser() or @Public() over it or its class.';

const UNGUARDED_MESSAGE =
  'requireUserByDefault does not reach microservices that are connected without { inheritAppConfig: true }. Write @RequireUser() or ' +
  '@Public() over it or its class.';

/** Whether the global guard reaches it depends on how its microservice is connected, which cannot be seen. */
function describeUndecided(audited: AuditedHandler): string {
  const part = handlerNamesOf(audited).join(', ');
  return (
    `The ${part} has no access decorator, and requireUserByDefault does not say which MCP clients may call it. Write @RequireMcpToken() or ` +
    '@Public() over its class.'
  );
}

/** Whether somebody may think that it is guarded. */
function isGuarded({ access }: AuditedHandler): boolean {
  return !isForEveryone(access);
}

/** One beside others with decorators has the guard of its class, and still nobody has written who may call it. */
function isUndecided(audited: AuditedHandler, auditContext: AuditContext): boolean {
  const isSilent = auditContext.isGuardGlobal && !audited.policy.isExplicit;
  return isSilent || isGuardedByDefault(audited, auditContext);
}

function isGuardedByDefault(audited: AuditedHandler, { isGuardGlobal }: AuditContext): boolean {
  const { controller, handler } = audited;
  const hasOwnGuard = [controller, handler].some((one) => hasHandlerGuard(one) || hasGuard(one));
  return isGuardGlobal && isGuarded(audited) && !hasOwnGuard;
}
