import type { ApiKeyKind } from '../../../types/api-key.js';
import { rejected, type TestCaller } from '../test-caller.js';
import type { CallerSetup } from './caller-setup.js';
import { allowedProfile, callersByRules, canMeetMetadata } from './rule-callers.js';
import { unknownSecret, type TestKey } from './test-accounts.js';
import { anyUser } from './user-callers.js';

/** Scripts with an API key, as the rules of a handler distinguish them. */
export async function apiKeyCallers(setup: CallerSetup): Promise<TestCaller[]> {
  const { accounts, handler, org } = setup;
  const { apiKeyKind, orgRequirements } = handler.access;
  const isImported = apiKeyKind === 'imported';
  const { userId } = accounts.user();
  accounts.addOrg(org);
  const owners = { personal: { userId }, org: { orgId: org.orgId }, generic: {} };
  const keyOf = (key: TestKey) => ({ tokens: [], apiKey: accounts.apiKey({ ...key, isImported }) });

  const byRules = await callersByRules(setup, {
    kind: 'api-key',
    noun: 'a script with an API key',
    memberNoun: 'a script with a key of a member',
    credentialsFor(profile) {
      const { membership, metadata } = profile;
      if (membership !== undefined) {
        const member = accounts.user(profile);
        return keyOf({ userId: member.userId, orgId: profile.org.orgId, metadata });
      }
      const kind = apiKeyKind === undefined || isImported ? 'personal' : apiKeyKind;
      return keyOf({ ...owners[kind], metadata });
    },
  });
  const hasOrgRules = orgRequirements.length > 0;
  const ofMembers = byRules.map((caller) => ({
    ...caller,
    mayCall: caller.mayCall && (!hasOrgRules || accepts(apiKeyKind, 'org')),
  }));

  const { metadata } = allowedProfile(setup, 'api-key');
  const isKnown = canMeetMetadata(setup, 'api-key');
  const byOwner = Object.entries(owners)
    // A key of an organization is that of a member without a role.
    .filter(([kind]) => kind !== 'org' || orgRequirements.every((rule) => rule.kind !== 'member'))
    .map(([kind, owner]) => ({
      what: `a script with a key of the kind ${kind}`,
      mayCall: isKnown && !hasOrgRules && accepts(apiKeyKind, kind as ApiKeyKind),
      credentials: keyOf({ ...owner, metadata }),
    }));
  const callers = [...ofMembers, ...byOwner];
  const allowed = callers.find(({ mayCall }) => mayCall);
  return [...callers, ...(await unusableKeys(setup, { userId, metadata, isImported }, allowed))];
}

/** An imported key may have any owner. */
function accepts(accepted: ApiKeyKind | undefined, kind: ApiKeyKind): boolean {
  return accepted === undefined || accepted === 'imported' || accepted === kind;
}

/** Keys that nobody accepts, and a key beside a token: each of the two would be enough alone, so it is not certain who is calling. */
async function unusableKeys(
  setup: CallerSetup,
  key: TestKey,
  allowed: TestCaller | undefined,
): Promise<TestCaller[]> {
  const { accounts, org } = setup;
  const ofFormerMember = accounts.apiKey({ ...key, orgId: org.orgId });
  const callers: [what: string, apiKey: string, tokens?: readonly string[]][] = [
    ['an unknown API key', unknownSecret()],
    ['a key of a former member', ofFormerMember],
    ['an expired API key', accounts.apiKey({ ...key, expiresAt: 1 })],
  ];
  if (allowed?.credentials.apiKey !== undefined) {
    const { tokens } = (await anyUser(setup)).credentials;
    callers.push(['an API key and an access token', allowed.credentials.apiKey, tokens]);
  }
  if (key.isImported) {
    callers.push(['a key that is not imported', accounts.apiKey({ ...key, isImported: false })]);
  }
  return callers.map(([what, apiKey, tokens = []]) =>
    rejected({ what: `a script with ${what}`, credentials: { tokens, apiKey } }),
  );
}
