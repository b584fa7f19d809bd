import { hasTokens, placeInWords } from '../../callers/credential-places.js';
import { kindsOf } from '../../rules/callers.js';
import { isUndecided } from '../../rules/handler-access.js';
import { mayReadMessages } from '../../transports/built-in-token-sources.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';

/** Rules about credentials that these calls cannot carry. */
export function findMisplacedCredentials(
  audited: ApplicationHandler,
  app: AuditedApplication,
): string[] {
  return [
    ...(audited.policy.tokenSources.length > 1 ? [TWO_SOURCES] : []),
    ...(audited.type === 'message' ? findUnreadable(audited, app) : []),
  ];
}

/** Messages have no headers, and a token only where a token source finds it. */
function findUnreadable(
  { access: { access }, policy: { callers, tokenSources } }: ApplicationHandler,
  { kinds, readsMessages }: AuditedApplication,
): string[] {
  const accepted = [...kindsOf(callers).keys()].flatMap((name) => kinds.named(name) ?? []);
  if (isUndecided(access) || accepted.length === 0) return [];
  const elsewhere = accepted.find((kind) => !hasTokens(kind));
  if (elsewhere !== undefined) {
    const places = elsewhere.credential.map(placeInWords).join(' or ');
    return [
      `The handler accepts callers of the kind '${elsewhere.name}', whose credential is ${places}, which messages do not have. Accept ` +
        'callers with access tokens instead, such as those of @RequireUser().',
    ];
  }
  const isRead = tokenSources.length > 0 ? tokenSources.some(mayReadMessages) : readsMessages;
  return isRead ? [] : [NO_SOURCE];
}

const TWO_SOURCES = 'Two different tokenSources are on the same method or class. Remove one.';

const NO_SOURCE =
  'tokenSource is missing or reads no messages, so the access token of a message cannot be found. Set a tokenSource that ' +
  'reads messages in PropelAuthModule.forRoot() or on the decorator.';
