import type { AccessDecisionEvent } from 'nestjs-propelauth';
import type { KnownUser } from '../support/project.js';
import { withNames } from './people.js';
import { wordsOf, type SeenBy, type Testimony } from './witness.js';

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

/** How much is said of a call. */
interface Detail {
  /** Whether the call reaches several handlers at once: then their names are said, and the order is not. */
  readonly hasSeveralHandlers?: boolean;
  /** What PropelAuth was asked during the call, if that is said. */
  readonly asked?: readonly string[];
}

export function outcomeOf(
  { result, message }: Answer,
  { handlers, enhancers, identified, decisions, loads }: Testimony,
  caller: KnownUser,
  { hasSeveralHandlers = false, asked = [] }: Detail = {},
): Outcome {
  const list = hasSeveralHandlers ? counted : (words: string[]) => words.join(', ');
  const nameOf = (handler: string) => (hasSeveralHandlers ? `${handler} ` : '');
  const wordsOfSeen = ({ handler, where, words }: SeenBy) =>
    [where, nameOf(handler) + words].filter(Boolean).join(' ');
  const isNews = (seen: SeenBy) =>
    !handlers.some(({ handler, words }) => handler === seen.handler && words === seen.words);
  const decided = decisions.map((event) => {
    const { controller, handler } = event.route;
    return nameOf(`${controller}.${handler}`) + decisionOf(event);
  });
  const parts = [
    result,
    list(handlers.filter(({ words }) => words !== '').map(wordsOfSeen)),
    list(enhancers.filter(isNews).map(wordsOfSeen)),
    identified ?? '',
    decisions.length === 0 ? 'no decision' : `decision ${list(decided)}`,
    loads === 0 ? '' : `loads ${loads}`,
    asked.length === 0 ? '' : `asks ${asked.join(', ')}`,
  ];
  const said = parts.filter((part) => part !== '').join(' | ');
  // Only another user than the caller has a name: so callers with the same outcome share a line.
  const text = withNames(said.replaceAll(caller.userId, 'self'));
  if (message === undefined) return { text };
  const reason = decisions.find(({ allowed }) => !allowed)?.reason ?? result;
  return { text, rejection: `${reason}: ${message}` };
}

/** Each of these once, in alphabetical order. */
export function counted(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of words) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([one, count]) => (count === 1 ? one : `${count}× ${one}`))
    .join(', ');
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
