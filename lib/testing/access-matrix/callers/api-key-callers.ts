import type { ApiKeyRecord } from 'propelauth-emulator';
import type { CoreKind } from '../../../callers/core-kind.js';
import type { ApiKeyKind } from '../../../types/api-key.js';
import { orgRule } from '../../../rules/org/org-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import { judged, type Credentials, type TestCaller, type UnjudgedCaller } from '../test-caller.js';
import type { CallerSetup } from './caller-setup.js';
import { allowedProfile, callersByRules } from './rule-callers.js';
import { unknownSecret } from './test-accounts.js';

/** Scripts with an API key. */
export async function scriptsByRules(setup: CallerSetup, kind: CoreKind): Promise<TestCaller[]> {
  const { accounts, handler, org } = setup;
  const { only = 'any' } = handler.access.kinds.get(kind.name) ?? {};
  const accepted = only as ApiKeyKind | 'any';
  const { requirements } = combinedOf(handler.access, orgRule) ?? {};
  const isImported = accepted === 'imported';
  const { userId } = accounts.user();
  accounts.addOrg(org);
  const owners = { personal: { userId }, org: { orgId: org.orgId }, generic: {} };
  const keyOf = (key: Partial<ApiKeyRecord>) => withKey(accounts.apiKey({ ...key, isImported }));

  const byRules = await callersByRules(setup, kind, {
    noun: 'a script with an API key',
    memberNoun: 'a script with a key of a member',
    credentialsFor(profile) {
      const { membership, metadata } = profile;
      if (membership !== undefined) {
        const member = accounts.user(profile);
        return keyOf({ userId: member.userId, orgId: profile.org.orgId, metadata });
      }
      const owner = accepted === 'any' || isImported ? 'personal' : accepted;
      return keyOf({ ...owners[owner], metadata });
    },
  });
  const ofMembers = byRules.map((caller) => ({
    ...caller,
    mayCall: caller.mayCall && (requirements === undefined || accepts(accepted, 'org')),
  }));

  const { metadata } = allowedProfile(setup, kind);
  const byOwner = Object.entries(owners)
    // A key of an organization is that of a member without a role.
    .filter(([owner]) => owner !== 'org' || !requirements?.some((rule) => rule.type === 'member'))
    .map(([owner, ids]) => ({
      what: `a script with a key of the kind ${owner}`,
      mayCall:
        metadata !== undefined &&
        requirements === undefined &&
        accepts(accepted, owner as ApiKeyKind),
      credentials: keyOf({ ...ids, metadata }),
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
function accepts(accepted: ApiKeyKind | 'any', kind: ApiKeyKind): boolean {
  return accepted === 'any' || accepted === 'imported' || accepted === kind;
}

function withKey(apiKey: string): Credentials {
  return { headers: { 'x-api-key': apiKey } };
}
