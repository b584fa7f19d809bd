import type { Policy } from '../../rules/policy.js';
import type { AuditedHandler, AuditContext } from './audited-handler.js';

/** Two decorators on one level with different token sources. */
export function findConflictingTokenSources({ policy }: { policy: Policy }): string[] {
  return policy.tokenSources.length > 1
    ? ['Two different tokenSources are on the same method or class. Remove one.']
    : [];
}

/** Message handlers that require a user but have no token source: they would reject every call. */
export function findMissingTokenSource(
  { kind, access, policy }: AuditedHandler,
  { hasTokenSource }: AuditContext,
): string[] {
  const looksForUser = access === 'user' || access === 'optional';
  if (kind !== 'message' || !looksForUser || hasTokenSource || policy.tokenSources.length > 0) {
    return [];
  }
  return [
    'tokenSource is missing, so the access token of a message cannot be found. Set tokenSource in ' +
      'PropelAuthModule.forRoot() or on the decorator.',
  ];
}
