import { hasGuard } from '../../rules/guard-metadata.js';
import { isForEveryone } from '../../rules/handler-access.js';
import { hasHandlerGuard } from '../../guard/handler.guard.js';
import type { AuditedHandler, AuditContext } from './audited-handler.js';

/** Handlers that look guarded and are not, since Nest does not call the guard there. */
export function findUnreachedHandlers(
  audited: AuditedHandler,
  auditContext: AuditContext,
): string[] {
  switch (audited.kind) {
    case 'field':
      return auditContext.areFieldsGuarded || !audited.policy.isExplicit || !isGuarded(audited)
        ? []
        : [UNGUARDED_FIELD];
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
      return auditContext.isHttpApplication && isGuardedByDefault(audited, auditContext)
        ? [UNGUARDED_PART]
        : [];
    case 'operation':
      return [];
  }
}

const UNGUARDED_FIELD =
  "Nest calls no guard here, which leaves it open. Add fieldResolverEnhancers: ['guards'] to the options of every GraphQLModule.";

const UNGUARDED_GATEWAY =
  'The global guard does not reach gateways under Nest 11, nor where it is request-scoped, which leaves it open. Write ' +
  '@RequireUser() or @Public() over it or its class.';

const UNGUARDED_MESSAGE =
  'requireUserByDefault does not reach microservices that are connected without { inheritAppConfig: true }. Write @RequireUser() or ' +
  '@Public() over it or its class.';

const UNGUARDED_PART =
  'requireUserByDefault does not reach the microservice of @rekog/mcp-nest, connected without { inheritAppConfig: true }. Write ' +
  '@RequireMcpToken() or @Public() over it or its class.';

/** Whether somebody may think that it is guarded. */
function isGuarded({ access }: AuditedHandler): boolean {
  return !isForEveryone(access);
}

function isGuardedByDefault(audited: AuditedHandler, { isGuardGlobal }: AuditContext): boolean {
  const { controller, handler } = audited;
  const hasOwnGuard = [controller, handler].some((one) => hasHandlerGuard(one) || hasGuard(one));
  return isGuardGlobal && isGuarded(audited) && !hasOwnGuard;
}
