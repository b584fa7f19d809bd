import type { Policy } from '../../rules/policy.js';
import type { AuditedHandler, AuditContext } from './audited-handler.js';

/** Two decorators on one level with different token sources. */
export function findConflictingTokenSources({ policy }: { policy: Policy }): string[] {
  return policy.tokenSources.length > 1
    ? ['Two different tokenSources are on the same method or class. Remove one.']
    : [];
}

/** Message handlers that look for a user while nothing says where messages carry a token: they would refuse everyone. */
export function findMissingTokenSource(
  { kind, access, policy }: AuditedHandler,
  { hasTokenSource }: AuditContext,
): string[] {
  const looksForUser = access === 'user' || access === 'optional';
  if (kind !== 'message' || !looksForUser || hasTokenSource || policy.tokenSources.length > 0) {
    return [];
  }
  return [
    'nothing says where a message carries its access token; set the option tokenSource of PropelAuthModule.forRoot() or of the ' +
      'decorator.',
  ];
}
