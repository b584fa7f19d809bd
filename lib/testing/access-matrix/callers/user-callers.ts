import type { CoreKind } from '../../../callers/core-kind.js';
import type { TestCaller, UnjudgedCaller } from '../test-caller.js';
import type { CallerSetup } from './caller-setup.js';
import type { CallerProfile } from './caller-profile.js';
import { callersByRules } from './rule-callers.js';

/** Users with valid tokens. */
export function usersByRules(setup: CallerSetup, kind: CoreKind): Promise<TestCaller[]> {
  return callersByRules(setup, kind, {
    noun: 'a user',
    memberNoun: 'a member',
    credentialsFor: (profile) => credentialsOf(profile, setup),
  });
}

async function credentialsOf(profile: CallerProfile, { accounts }: CallerSetup) {
  const user = accounts.user(profile);
  const claimed = {
    ...user,
    ...(profile.isImpersonated && { impersonatorUserId: 'an-employee' }),
  };
  const grants = Object.entries(profile.grants ?? {}).map(([header, actionType]) => [
    header,
    accounts.grant(user, actionType),
  ]);
  return {
    token: await accounts.issuer.accessToken(claimed),
    headers: Object.fromEntries(grants) as Record<string, string>,
  };
}

export async function usersWithInvalidTokens({ accounts }: CallerSetup): Promise<UnjudgedCaller[]> {
  const { issuer } = accounts;
  const user = accounts.user();
  const other = await issuer.accessToken(accounts.user());
  const expired = await issuer.accessToken(user, { expiresInSeconds: -3600 });
  const iss = 'https://another-issuer.example.com';
  const ofOtherIssuer = await issuer.accessToken(user, { claims: { iss } });
  // Before the verification key was fetched: a later token may be of a newer key, and gets 503 until that is known.
  const issuedAt = new Date(Date.now() - 20 * 60 * 1000);
  const old = await issuer.accessToken(user, { issuedAt });
  const ofNobody = await issuer.accessToken(user, { claims: { user_id: undefined } });
  return [
    ['a user whose token has expired', { token: expired }],
    ['a user with a token of another issuer', { token: ofOtherIssuer }],
    ['a user with a token that was signed for another user', { token: forged(old, other) }],
    ['a caller whose token names no user', { token: ofNobody }],
  ];
}

/** A token with the signature of another one. */
function forged(token: string, other: string): string {
  return [...token.split('.').slice(0, 2), other.split('.')[2]].join('.');
}
