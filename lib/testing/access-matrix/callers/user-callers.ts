import type { TestUser } from '../../test-user.interface.js';
import {
  letIn,
  rejected,
  type NamedOrg,
  type TestCaller,
  type UnjudgedCaller,
} from '../test-caller.js';
import { callersByRules, needsOf, type CallerNeeds } from './callers-by-rules.js';
import { readsToken, twoOrgs } from './org-naming.js';
import type { CallerSetup } from './caller-setup.js';

/** A forged token that is older than the verification key gets 401. A later one may be of a newer key, and gets 503 until that is known. */
const BEFORE_THE_KEY_MILLISECONDS = 20 * 60 * 1000;

/** A user with a valid token and no organization. */
export async function anyUser({ accounts }: CallerSetup): Promise<UnjudgedCaller> {
  const token = await accounts.accessToken(accounts.user({ orgs: [] }));
  return { what: 'a user', credentials: { tokens: [token] } };
}

/** Users whose tokens are not valid, or who send two. */
export async function usersWithInvalidTokens({ accounts }: CallerSetup): Promise<UnjudgedCaller[]> {
  const user = accounts.user({ orgs: [] });
  const other = accounts.user({ orgs: [], number: 2 });
  const withClaims = (claims: Record<string, unknown>) => accounts.accessToken(user, { claims });
  const valid = await accounts.accessToken(user);
  const issuedAt = new Date(Date.now() - BEFORE_THE_KEY_MILLISECONDS);
  const callers: [what: string, ...tokens: string[]][] = [
    [
      'a user whose token has expired',
      await accounts.accessToken(user, { expiresInSeconds: -3600 }),
    ],
    [
      'a user with a token of another issuer',
      await withClaims({ iss: 'https://another-issuer.example.com' }),
    ],
    [
      'a user with a token that was signed for another user',
      forged(await accounts.accessToken(user, { issuedAt }), await accounts.accessToken(other)),
    ],
    ['a caller whose token names no user', await withClaims({ user_id: undefined })],
    ['a caller with access tokens of two users', valid, await accounts.accessToken(other)],
  ];
  return callers.map(([what, ...tokens]) => ({ what, credentials: { tokens } }));
}

/** A token with the signature of another one. */
function forged(token: string, other: string): string {
  return [...token.split('.').slice(0, 2), other.split('.')[2]].join('.');
}

/** Users with valid tokens, as the rules of a handler distinguish them. */
export async function userCallers(setup: CallerSetup): Promise<TestCaller[]> {
  const callers = await callersByRules(setup, {
    kind: 'user',
    noun: 'a user',
    memberNoun: 'a member',
    credentialsFor: (needs) => credentialsOf(userWith(needs, setup), setup),
  });
  const { needs } = needsOf(setup, 'user');
  const { deniesImpersonation } = setup.handler.access;
  const user = userWith(needs, setup);
  const impersonated = { ...user, impersonatorUserId: 'an-employee' };
  return [
    ...callers,
    ...(needs.membership === undefined ? [] : await membersOfOtherOrgs(setup, needs)),
    ...(deniesImpersonation
      ? [
          rejected({
            what: 'an employee who impersonates a user',
            credentials: await credentialsOf(impersonated, setup),
          }),
        ]
      : []),
    ...(callers.some(({ mayCall }) => mayCall) ? await usersWithOtherCredentials(setup, user) : []),
  ];
}

/** Members whose token or call does not name their own organization. */
async function membersOfOtherOrgs(
  setup: CallerSetup,
  { membership = { role: '', permissions: [] } }: CallerNeeds,
): Promise<TestCaller[]> {
  const { access } = setup.handler;
  const memberOf = (orgs: readonly NamedOrg[], hasActiveOrg: boolean) =>
    credentialsOf(
      setup.accounts.user({ orgs: orgs.map((org) => ({ org, membership })), hasActiveOrg }),
      setup,
    );
  const two = twoOrgs(access, setup.org, setup.accounts.otherOrg);
  const withoutActiveOrg = 'a member whose token has no active organization';
  const callers: UnjudgedCaller[] = readsToken(access)
    ? [{ what: withoutActiveOrg, credentials: await memberOf([setup.org], false) }]
    : [];
  if (two !== undefined) {
    callers.push({
      what: `a member of two organizations, whose call names different ones in ${two.places}`,
      credentials: await memberOf([setup.org, setup.accounts.otherOrg], readsToken(access)),
      orgs: two.orgs,
    });
  }
  return callers.map(rejected);
}

/** A user without the grants that step-up rules need, and one with an API key, which rules about users ignore. */
async function usersWithOtherCredentials(
  setup: CallerSetup,
  user: TestUser,
): Promise<TestCaller[]> {
  const { accounts, handler } = setup;
  const credentials = await credentialsOf(user, setup);
  const otherUser = accounts.user({ orgs: [], number: 2 });
  const withoutGrants = handler.access.stepUps.flatMap(({ actionType, grantHeader }) => {
    const { [grantHeader]: _grant, ...others } = credentials.grants ?? {};
    const withGrant = (which: string, grant?: string) =>
      rejected({
        what: `a user ${which} ${actionType}`,
        credentials: {
          ...credentials,
          grants: { ...others, ...(grant && { [grantHeader]: grant }) },
        },
      });
    return [
      withGrant('without a step-up grant for'),
      withGrant('with a step-up grant of another user for', accounts.grant(otherUser, actionType)),
      withGrant(
        'with a step-up grant for another action than',
        accounts.grant(user, `not ${actionType}`),
      ),
    ];
  });
  if (handler.access.access !== 'user') return withoutGrants;
  const apiKey = accounts.apiKey({ userId: String(user.userId) });
  const what = 'a user with an access token and an API key';
  return [...withoutGrants, letIn({ what, credentials: { ...credentials, apiKey } })];
}

function userWith({ org, membership }: CallerNeeds, { handler, accounts }: CallerSetup): TestUser {
  if (membership === undefined) return accounts.user({ orgs: [] });
  const { role, permissions } = membership;
  const orgs = [{ org, membership: { role, permissions } }];
  return accounts.user({ orgs, hasActiveOrg: readsToken(handler.access) });
}

async function credentialsOf(user: TestUser, { handler, accounts }: CallerSetup) {
  const grants = Object.fromEntries(
    handler.access.stepUps.map(({ actionType, grantHeader }) => [
      grantHeader,
      accounts.grant(user, actionType),
    ]),
  );
  return { tokens: [await accounts.accessToken(user)], grants };
}
