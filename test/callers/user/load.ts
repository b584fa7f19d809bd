import request from 'supertest';
import { userClaims } from '../../support/claims.js';
import type { Issuer } from '../../support/issuer.js';
import { sized } from '../../support/thorough.js';

/** How many requests are in flight at the same time: in the thorough run, and in this one. */
const MOST_AT_ONCE = 100;
export const REQUESTS_AT_ONCE = sized(MOST_AT_ONCE, 30);

/** How many such batches each part of the story takes. */
export const BATCHES = {
  'before anything happens': 3,
  'as PropelAuth goes down': 3,
  'while it is down': 4,
  'when it is back': 2,
  'as it rotates its key': 4,
  'after the rotation': 4,
} as const;

export type Part = keyof typeof BATCHES;

/** How many batches that makes in all, and requests in the thorough run. */
export const ALL_BATCHES = Object.values(BATCHES).reduce<number>((sum, count) => sum + count, 0);
export const REQUESTS = ALL_BATCHES * MOST_AT_ONCE;

/** One in ten is a forged token, one in ten has none. */
type Kind = 'valid' | 'forged' | 'anonymous';

export interface Sent {
  readonly kind: Kind;
  readonly userId: string;
  readonly token: string | undefined;
}

export interface Answered {
  readonly kind: Kind;
  readonly status: number;
  /** Whether it is the answer of another user. */
  readonly isMistaken: boolean;
}

/** The requests of one batch, of twenty people; the tokens of each batch are new ones. */
export function batchOf(issuer: Issuer, forger: Issuer, salt: string): Promise<Sent[]> {
  return Promise.all(
    Array.from({ length: REQUESTS_AT_ONCE }, async (_, index): Promise<Sent> => {
      const user = userClaims(`user-${index % 20}`);
      const claims = { ...user, properties: { salt: `${salt}-${index % 40}` } };
      const userId = user.user_id;
      if (index % 10 === 8) return { kind: 'anonymous', userId, token: undefined };
      if (index % 10 === 9)
        return { kind: 'forged', userId, token: await forger.accessToken(claims) };
      return { kind: 'valid', userId, token: await issuer.accessToken(claims) };
    }),
  );
}

/** Sends them all at once; `onAnswer` is told of each answer as it comes. */
export function sendAll(
  url: string,
  batch: readonly Sent[],
  onAnswer: () => void = () => {},
): Promise<Answered[]> {
  return Promise.all(
    batch.map(async ({ kind, userId, token }) => {
      const call = request(url).get('/required');
      if (token !== undefined) call.set('Authorization', `Bearer ${token}`);
      const { status, body } = await call;
      onAnswer();
      const answeredUserId = (body as { userId?: string }).userId;
      return { kind, status, isMistaken: status === 200 && answeredUserId !== userId };
    }),
  );
}

/** How many of each kind got each status, such as `{ 'valid 200': 80, … }`. */
export function tally(answers: readonly Answered[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, status, isMistaken } of answers) {
    const label = isMistaken ? 'mistaken' : `${kind} ${status}`;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
