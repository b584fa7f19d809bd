import type { ApiKeyKind } from '../../../types/api-key.js';
import { orgRule } from '../../../rules/org/org-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import { judged, type Credentials, type TestCaller, type UnjudgedCaller } from '../test-caller.js';
import type { CallerSetup } from './rule-callers.interface.js';
import { allowedProfile, callersByRules } from './rule-callers.js';
import { unknownSecret, type TestKey } from './test-accounts.js';

/** Scripts with an API key, as the rules of a handler distinguish them. */
export async function apiKeyCallers(setup: CallerSetup): Promise<TestCaller[]> {
  const { accounts, handler, org } = setup;
  const { only = 'any' } = handler.access.kinds.get('api-key') ?? {};
  const apiKeyKind = only === 'any' ? undefined : (only as ApiKeyKind);
  const { requirements: orgRequirements = [] } = combinedOf(handler.access, orgRule) ?? {};
  const isImported = apiKeyKind === 'imported';
  const { userId } = accounts.user();
  accounts.addOrg(org);
  const owners = { personal: { userId }, org: { orgId: org.orgId }, generic: {} };
  const keyOf = (key: TestKey) => withKey(accounts.apiKey({ ...key, isImported }));

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
  const byOwner = Object.entries(owners)
    // A key of an organization is that of a member without a role.
    .filter(([kind]) => kind !== 'org' || orgRequirements.every((rule) => rule.type !== 'member'))
    .map(([kind, owner]) => ({
      what: `a script with a key of the kind ${kind}`,
      mayCall: metadata !== undefined && !hasOrgRules && accepts(apiKeyKind, kind as ApiKeyKind),
      credentials: keyOf({ ...owner, metadata }),
    }));
  const key = { userId, metadata };
  const unusable: UnjudgedCaller[] = [
    ['a script with an unknown API key', withKey(unknownSecret())],
    ['a script with a key of a former member', keyOf({ ...key, orgId: org.orgId })],
    ['a script with an expired API key', keyOf({ ...key, expiresAt: 1 })],
  ];
  if (isImported) {
    unusable.push(['a script with a key that is not imported', withKey(accounts.apiKey(key))]);
  }
  return [...ofMembers, ...byOwner, ...judged(unusable, false)];
}

/** An imported key may have any owner. */
function accepts(accepted: ApiKeyKind | undefined, kind: ApiKeyKind): boolean {
  return accepted === undefined || accepted === 'imported' || accepted === kind;
}

function withKey(apiKey: string): Credentials {
  return { headers: { 'x-api-key': apiKey } };
}
