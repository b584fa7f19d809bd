import type { TestCaller, UnjudgedCaller } from '../test-caller.js';
import type { CallerProfile } from './caller-profile.js';
import type { CallerSetup } from './caller-setup.js';
import { callersByRules } from './rule-callers.js';

/** A user with a valid token and no organization. */
export async function anyUser({ accounts }: CallerSetup): Promise<UnjudgedCaller> {
  const token = await accounts.issuer.accessToken(accounts.user());
  return { what: 'a user', credentials: { tokens: [token] } };
}

/** Users with valid tokens, as the rules of a handler distinguish them. */
export function userCallers(setup: CallerSetup): Promise<TestCaller[]> {
  return callersByRules(setup, {
    kind: 'user',
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
    tokens: [await accounts.issuer.accessToken(claimed)],
    grants: Object.fromEntries(grants) as Record<string, string>,
  };
}

/** Users whose tokens are not valid, or who send two. */
export async function usersWithInvalidTokens({ accounts }: CallerSetup): Promise<UnjudgedCaller[]> {
  const user = accounts.user();
  const withClaims = (claims: Record<string, unknown>) =>
    accounts.issuer.accessToken(user, { claims });
  const valid = await accounts.issuer.accessToken(user);
  const other = await accounts.issuer.accessToken(accounts.user());
  const expired = await accounts.issuer.accessToken(user, { expiresInSeconds: -3600 });
  const ofOtherIssuer = await withClaims({ iss: 'https://another-issuer.example.com' });
  const callers: [what: string, ...tokens: string[]][] = [
    ['a user whose token has expired', expired],
    ['a user with a token of another issuer', ofOtherIssuer],
    ['a user with a token that was signed for another user', forged(valid, other)],
    ['a caller whose token names no user', await withClaims({ user_id: undefined })],
    ['a caller with access tokens of two users', valid, other],
  ];
  return callers.map(([what, ...tokens]) => ({ what, credentials: { tokens } }));
}

/** A token with the signature of another one. */
function forged(token: string, other: string): string {
  return [...token.split('.').slice(0, 2), other.split('.')[2]].join('.');
}
