import type { ApiKeyRecord } from 'propelauth-emulator';
import type { CoreKind } from '../../../callers/core-kind.js';
import { orgRule } from '../../../rules/org/org-rule.js';
import { combinedOf } from '../../../rules/policy.js';
import { altered, rejectedCallers, type Credentials, type TestCaller } from '../test-caller.js';
import type { CallerSetup } from './caller-setup.js';
import { allowedProfile, callersByRules } from './rule-callers.js';

/** Scripts with an API key. */
export async function scriptsByRules(setup: CallerSetup, kind: CoreKind): Promise<TestCaller[]> {
  const { accounts, handler, org } = setup;
  const { only = 'any' } = handler.access.kinds.get(kind.name) ?? {};
  const { requirements } = combinedOf(handler.access, orgRule) ?? {};
  const isImported = only === 'imported';
  const { userId } = accounts.user();
  const { orgId } = org;
  accounts.addOrg(org);
  const keyOf = (key: Partial<ApiKeyRecord>) => withKey(accounts.apiKey({ isImported, ...key }));
  const personal = { userId };
  const owners: Record<string, Partial<ApiKeyRecord>> = { personal, org: { orgId }, generic: {} };

  const byRules = await callersByRules(setup, kind, {
    noun: 'a script with an API key',
    memberNoun: 'a script with a key of a member',
    credentialsFor(profile) {
      const owner =
        profile.membership === undefined
          ? (owners[only] ?? personal)
          : { userId: accounts.user(profile).userId, orgId: profile.org.orgId };
      return keyOf({ ...owner, metadata: profile.metadata });
    },
  });
  const { metadata } = allowedProfile(setup, kind);
  const isWithoutOrg = metadata !== undefined && requirements === undefined;
  const byOwner = Object.entries(owners)
    // A key of an organization is that of a member without a role.
    .filter(([owner]) => owner !== 'org' || !requirements?.some((rule) => rule.type === 'member'))
    .map(([owner, ids]) => ({
      what: `a script with a key of the kind ${owner}`,
      // An imported key may have any owner.
      mayCall: isWithoutOrg && ['any', 'imported', owner].includes(only),
      credentials: keyOf({ ...ids, metadata }),
    }));
  const key = { userId, metadata };
  const unusable = rejectedCallers({
    'a script with an unknown API key': withKey(altered(accounts.apiKey(key))),
    'a script with a key of a former member': keyOf({ ...key, orgId }),
    'a script with an expired API key': keyOf({ ...key, expiresAt: 1 }),
    ...(isImported && {
      'a script with a key that is not imported': keyOf({ ...key, isImported: false }),
    }),
  });
  return [...byRules, ...byOwner, ...unusable];
}

function withKey(apiKey: string): Credentials {
  return { headers: { 'x-api-key': apiKey } };
}
