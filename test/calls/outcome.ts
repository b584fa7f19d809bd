import type { AccessDecisionEvent } from 'nestjs-propelauth';
import type { KnownUser } from '../support/project.js';
import { withNames } from './people.js';
import { wordsOf, type Testimony } from './witness.js';

/** What a client gets. */
export interface Answer {
  /** Such as `200` or `401 token_missing`, with the challenge. */
  readonly result: string;
  /** The message of a rejection. The messages of a transport are listed once. */
  readonly message?: string;
}

/** One cell of the table. */
export interface Outcome {
  readonly text: string;
  /** The reason and the message. */
  readonly rejection?: string;
}

export function outcomeOf(
  { result, message }: Answer,
  testimony: Testimony,
  caller: KnownUser,
): Outcome {
  const { handler, identified, decisions } = testimony;
  const parts = [
    result,
    handler ?? '',
    identified ?? '',
    decisions.length === 0 ? 'no decision' : `decision ${decisions.map(decisionOf).join(', ')}`,
  ];
  const said = parts.filter((part) => part !== '').join(' | ');
  // Only another user than the caller has a name: so callers with the same outcome share a line.
  const text = withNames(said.replaceAll(caller.userId, 'self'));
  if (message === undefined) return { text };
  const reason = decisions.find(({ allowed }) => !allowed)?.reason ?? result;
  return { text, rejection: `${reason}: ${message}` };
}

function decisionOf(event: AccessDecisionEvent): string {
  const { allowed, reason, credential, userId, orgId, impersonatorUserId, clientId } = event;
  const who = (userId ?? orgId) ? wordsOf(credential ?? 'nobody', userId, orgId) : credential;
  return [
    allowed ? 'allowed' : reason,
    who,
    impersonatorUserId && `by ${impersonatorUserId}`,
    clientId && 'client',
  ]
    .filter(Boolean)
    .join(' ');
}
