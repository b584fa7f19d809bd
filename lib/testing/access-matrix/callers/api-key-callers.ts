import { isByIdSource } from '../../../organizations/org-source.factory.js';
import type { ApiKeyKind } from '../../../types/api-key.js';
import { rejected, type TestCaller } from '../test-caller.js';
import { callersByRules, needsOf } from './callers-by-rules.js';
import { unknownSecret, type TestKey } from './test-accounts.js';
import type { CallerSetup } from './caller-setup.js';
import { anyUser } from './user-callers.js';

/** Scripts with an API key, as the rules of a handler distinguish them. */
export async function apiKeyCallers(setup: CallerSetup): Promise<TestCaller[]> {
  const { accounts, handler } = setup;
  const { apiKeyKind, orgRequirements } = handler.access;
  const isImported = apiKeyKind === 'imported';
  const byRules = await callersByRules(setup, {
    kind: 'api-key',
    noun: 'a script with an API key',
    memberNoun: 'a script with a key of a member',
    credentialsFor({ org, membership, metadata }) {
      const orgs = membership === undefined ? [] : [{ org, membership }];
      const { userId } = accounts.user({ orgs });
      const owner =
        membership === undefined ? ownerFor(apiKeyKind, setup) : { userId, orgId: org.orgId };
      return { tokens: [], apiKey: accounts.apiKey({ ...owner, metadata, isImported }) };
    },
  });
  const { needs, isMetadataKnown } = needsOf(setup, 'api-key');
  const { metadata } = needs;
  const byOwner = keysByOwner(setup).map(({ what, key, isEnough }) => ({
    what: `a script with a ${what}`,
    mayCall:
      isMetadataKnown && isOfKind(key, apiKeyKind) && (isEnough || orgRequirements.length === 0),
    credentials: { tokens: [], apiKey: accounts.apiKey({ ...key, metadata, isImported }) },
  }));
  const ofMembers = byRules.map((caller) => ({
    ...caller,
    mayCall:
      caller.mayCall && (orgRequirements.length === 0 || isOfKind({ orgId: '' }, apiKeyKind)),
  }));
  return [...ofMembers, ...byOwner, ...(await unusableKeys(setup, [...ofMembers, ...byOwner]))];
}

/** The owner of a key that a rule without organizations accepts. */
function ownerFor(kind: ApiKeyKind | undefined, { accounts, org }: CallerSetup): TestKey {
  if (kind === 'generic') return {};
  accounts.addOrg(org);
  return kind === 'org' ? { orgId: org.orgId } : { userId: accounts.user({ orgs: [] }).userId };
}

/** An imported key may have any owner. */
function isOfKind({ userId, orgId }: TestKey, kind: ApiKeyKind | undefined): boolean {
  if (kind === undefined || kind === 'imported') return true;
  if (orgId !== undefined) return kind === 'org';
  return kind === (userId === undefined ? 'generic' : 'personal');
}

/** Keys of no member. Those of the organization itself have a membership without a role; personal and generic ones have no organization. */
function keysByOwner({ handler: { access }, org, accounts }: CallerSetup) {
  const { orgId } = org;
  const { userId } = accounts.user({ orgs: [] });
  accounts.addOrg(org);
  const isMembershipEnough = access.orgRequirements.every(({ kind }) => kind === 'member');
  // PropelAuth always returns the id of the key's organization, but not always its name.
  const isFound = access.orgSources.every(isByIdSource);
  const ofOrg = { what: 'key of the organization', key: { orgId }, isEnough: isMembershipEnough };
  return [
    { what: 'personal key', key: { userId }, isEnough: false },
    { what: 'generic key', key: {}, isEnough: false },
    ...(isFound || !isMembershipEnough ? [ofOrg] : []),
  ];
}

/** Keys that nobody accepts, and a key beside a token: each of the two would be enough alone, so it is not certain who is calling. */
async function unusableKeys(
  setup: CallerSetup,
  callers: readonly TestCaller[],
): Promise<TestCaller[]> {
  const { accounts, handler, org } = setup;
  const { userId } = accounts.user({ orgs: [] });
  const ofFormerMember = accounts.apiKey({
    userId,
    orgId: org.orgId,
    metadata: needsOf(setup, 'api-key').needs.metadata,
    isImported: handler.access.apiKeyKind === 'imported',
  });
  const { tokens } = (await anyUser(setup)).credentials;
  const allowed = callers.find(({ mayCall }) => mayCall)?.credentials.apiKey;
  const keys: [what: string, apiKey: string, tokens?: readonly string[]][] = [
    ['a script with an unknown API key', unknownSecret()],
    ['a script with a key of a former member', ofFormerMember],
    ['a script with an expired API key', accounts.apiKey({ userId, expiresAt: 1 })],
  ];
  if (allowed !== undefined) {
    keys.push(['a script with an API key and an access token', allowed, tokens]);
  }
  if (handler.access.apiKeyKind === 'imported') {
    keys.push(['a script with a key that is not imported', accounts.apiKey({ userId })]);
  }
  return keys.map(([what, apiKey, besides = []]) =>
    rejected({ what, credentials: { tokens: besides, apiKey } }),
  );
}
