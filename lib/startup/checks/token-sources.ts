import { acceptsOnly } from '../../rules/callers.js';
import { isUndecided } from '../../rules/handler-access.js';
import { mayReadMessages } from '../../transports/built-in-token-sources.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';

/** Two decorators on one level with different token sources. */
export function findConflictingTokenSources({ policy }: ApplicationHandler): string[] {
  return policy.tokenSources.length > 1
    ? ['Two different tokenSources are on the same method or class. Remove one.']
    : [];
}

/** Message handlers that require a user but have no token source for messages: they would reject every call. */
export function findMissingTokenSource(
  { type, access: { access }, policy: { callers, tokenSources } }: ApplicationHandler,
  { readsMessages }: AuditedApplication,
): string[] {
  const looksForUser = !isUndecided(access) && acceptsOnly(callers, 'user');
  if (type !== 'message' || !looksForUser) return [];
  if (tokenSources.length > 0 ? tokenSources.some(mayReadMessages) : readsMessages) return [];
  return [
    'tokenSource is missing or reads no messages, so the access token of a message cannot be found. Set a tokenSource that ' +
      'reads messages in PropelAuthModule.forRoot() or on the decorator.',
  ];
}
