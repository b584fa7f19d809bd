import type { AuditedHandler, HandlerSurroundings } from './audited-handler.js';

/** Handlers that look guarded and are not, since Nest does not call the guard there. */
export function findUnreachedHandlers(
  audited: AuditedHandler,
  surroundings: HandlerSurroundings,
): string[] {
  switch (audited.kind) {
    case 'field':
    case 'reference':
      return surroundings.areFieldsGuarded || !isGuarded(audited) ? [] : [UNGUARDED_FIELD];
    case 'gateway':
      return surroundings.areGatewaysFull || !isGuardedByDefault(audited, surroundings)
        ? []
        : [UNGUARDED_GATEWAY];
    case 'message':
      return surroundings.hasDetachedMicroservice && isGuardedByDefault(audited, surroundings)
        ? [UNGUARDED_MESSAGE]
        : [];
    case 'operation':
      return [];
  }
}

const UNGUARDED_FIELD =
  "Nest calls no guard here, which leaves it open; add fieldResolverEnhancers: ['guards'] to the options of " +
  'every GraphQLModule, or write @Public() over it.';

const UNGUARDED_GATEWAY =
  'requireUserByDefault does not reach gateways under Nest 11, which leaves it open; write @RequireUser() or @Public() over it ' +
  'or its class.';

const UNGUARDED_MESSAGE =
  'requireUserByDefault does not reach it, since a microservice was connected without the configuration of the application, or ' +
  'could have been (Nest before 11.1.4 does not say); call connectMicroservice(options, { inheritAppConfig: true }), without ' +
  'deferInitialization, on Nest 11.1.4 or newer, or write @RequireUser() or @Public() over it or its class.';

/** Whether somebody may think that it is guarded. */
function isGuarded({ access }: AuditedHandler): boolean {
  return access !== 'open' && access !== 'public';
}

function isGuardedByDefault(
  audited: AuditedHandler,
  { isGuardGlobal }: HandlerSurroundings,
): boolean {
  return isGuardGlobal && isGuarded(audited) && !audited.hasOwnGuard;
}
