import type { CoreKind } from '../../../callers/core-kind.js';
import { rejectedCallers, type TestCaller } from '../test-caller.js';
import type { CallerSetup } from './caller-setup.js';
import { callersByRules } from './rule-callers.js';

/** Users with valid tokens. */
export function usersByRules(setup: CallerSetup, kind: CoreKind): Promise<TestCaller[]> {
  const { accounts } = setup;
  return callersByRules(setup, kind, {
    noun: 'a user',
    memberNoun: 'a member',
    async credentialsFor(profile) {
      const user = accounts.user(profile);
      const impersonated = profile.isImpersonated && { impersonatorUserId: 'an-employee' };
      const grants = Object.entries(profile.grants ?? {}).map(([header, actionType]) => [
        header,
        accounts.grant(user, actionType),
      ]);
      return {
        token: await accounts.emulator.issuer.accessToken({ ...user, ...impersonated }),
        headers: Object.fromEntries(grants) as Record<string, string>,
      };
    },
  });
}

export async function usersWithInvalidTokens({ accounts }: CallerSetup): Promise<TestCaller[]> {
  const { issuer } = accounts.emulator;
  const user = accounts.user();
  const iss = 'https://another-issuer.example.com';
  // Before the verification key was fetched: a later token may be of a newer key, and gets 503 until that is known.
  const issuedAt = new Date(Date.now() - 20 * 60 * 1000);
  const signed = await issuer.accessToken(user, { issuedAt });
  const [, , otherSignature] = (await issuer.accessToken(accounts.user())).split('.');
  const forged = [...signed.split('.').slice(0, 2), otherSignature].join('.');
  const withToken = async (claims: Parameters<typeof issuer.accessToken>[1]) => ({
    token: await issuer.accessToken(user, claims),
  });
  return rejectedCallers({
    'a user whose token has expired': await withToken({ expiresInSeconds: -3600 }),
    'a user with a token of another issuer': await withToken({ claims: { iss } }),
    'a user with a token that was signed for another user': { token: forged },
    'a caller whose token names no user': await withToken({ claims: { user_id: undefined } }),
  });
}
