import { meetsMetadata, type MetadataRequirement } from '../../../rules/metadata-requirement.js';
import type { ApiKeyKind } from '../../../types/api-key.js';
import { isJsonObject, type JsonObject } from '../../../values/json-object.js';
import type { HandlerAccess } from '../../../rules/handler-access.js';
import type { NamedOrg, TestCaller } from '../entry-point.js';
import { membershipsFor, strongestMembership, type OrgMembership } from '../org-memberships.js';
import { inWords, rejected } from './test-caller-words.js';
import { isByIdSource } from '../../../organizations/org-source.factory.js';
import { OTHER_ORG, readsCall } from './org-naming.js';
import type { TestAccounts, TestKey } from './test-accounts.js';
import { anyUser } from './user-test-callers.js';

/** An API key, and the result of the organization rules for it. */
interface TestApiKey {
  readonly what: string;
  readonly key: TestKey;
  /** Whether the key passes the organization rules, if there are any. */
  readonly isEnough: boolean;
}

/** Callers with an API key, as the rules of a handler distinguish them. */
export async function apiKeyCallers(
  access: HandlerAccess,
  org: NamedOrg,
  accounts: TestAccounts,
): Promise<TestCaller[]> {
  const { apiKeyKind, metadata, orgRequirements } = access;
  const hasOrgRules = orgRequirements.length > 0;
  const keys = hasOrgRules ? keysByMembership(access, org, accounts) : [];
  const given = {
    isImported: apiKeyKind === 'imported',
    metadata: metadataWith(metadata),
  };
  const isMet = meets(given.metadata, metadata);
  const judged = [...keys, ...keysByOwner(access, org, accounts)].map(
    ({ what, key, isEnough }) => ({
      what,
      key: { ...given, ...key },
      mayCall: isMet && isOfKind(key, apiKeyKind) && (isEnough || !hasOrgRules),
    }),
  );
  const allowed = judged.find(({ mayCall }) => mayCall);
  const others = allowed === undefined ? [] : lackingKeys(allowed.key, access);
  const callers = [...judged, ...others].map(({ what, key, mayCall }) => ({
    what,
    mayCall,
    credentials: { tokens: [], apiKey: accounts.apiKey(key) },
  }));
  // Allowed callers come first.
  const ordered = callers.toSorted((one, other) => Number(other.mayCall) - Number(one.mayCall));
  return [...ordered, ...unusableKeys(accounts), ...(await keyBesideToken(ordered, accounts))];
}

/** An imported key may have any owner. */
function isOfKind({ userId, orgId }: TestKey, kind: ApiKeyKind | undefined): boolean {
  if (kind === undefined || kind === 'imported') return true;
  if (orgId !== undefined) return kind === 'org';
  return kind === (userId === undefined ? 'generic' : 'personal');
}

/** Keys that lack one thing that an allowed key has. */
function lackingKeys(allowed: TestKey, { apiKeyKind, metadata }: HandlerAccess) {
  const withoutMetadata = { ...allowed, metadata: {} };
  return [
    ...(meets({}, metadata)
      ? []
      : [{ what: 'a script with a key without the required metadata', key: withoutMetadata }]),
    ...(apiKeyKind === 'imported'
      ? [
          {
            what: 'a script with a key that is not imported',
            key: { ...allowed, isImported: false },
          },
        ]
      : []),
  ].map((lacking) => ({ ...lacking, mayCall: false }));
}

/** Metadata with everything that rules name. What functions of the application require is not known. */
function metadataWith(requirements: readonly MetadataRequirement[]): JsonObject {
  return requirements
    .map(({ required }) => required)
    .filter(isJsonObject)
    .reduce((one, other) => merged(one, other) as JsonObject, {});
}

function merged(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (!isJsonObject(one) || !isJsonObject(other)) return other;
  const shared = Object.keys(other).filter((name) => Object.hasOwn(one, name));
  const both = shared.map((name) => [name, merged(one[name], other[name])] as const);
  return { ...one, ...other, ...Object.fromEntries(both) };
}

/** A function that throws lets nobody in. */
function meets(metadata: JsonObject, requirements: readonly MetadataRequirement[]): boolean {
  try {
    return requirements.every((requirement) => meetsMetadata(metadata, requirement));
  } catch {
    return false;
  }
}

/** Keys that members created in the organization. */
function keysByMembership(
  access: HandlerAccess,
  org: NamedOrg,
  accounts: TestAccounts,
): TestApiKey[] {
  const memberships = membershipsFor(access.orgRequirements, accounts.issuer.roles);
  const ofMembers = memberships.map((membership) => ({
    what: inWords('a script with a key of a member', membership.which),
    key: memberKey(org, membership, accounts),
    isEnough: membership.isEnough,
  }));
  if (!readsCall(access)) return ofMembers;
  const strongest = strongestMembership(access.orgRequirements, accounts.issuer.roles);
  return [
    ...ofMembers,
    {
      what: 'a script with a key of another organization',
      key: memberKey(OTHER_ORG, strongest, accounts),
      isEnough: false,
    },
  ];
}

/** Keys without a member. Personal and generic keys have no organization; a key of the organization itself has a membership without a role. */
function keysByOwner(
  { orgRequirements, orgSources }: HandlerAccess,
  org: NamedOrg,
  accounts: TestAccounts,
): TestApiKey[] {
  const { orgId } = org;
  const { userId } = accounts.user({ orgs: [] });
  accounts.addOrg(org);
  const isMembershipEnough = orgRequirements.every(({ kind }) => kind === 'member');
  const personal = {
    what: 'a script with a personal key',
    key: { userId },
    isEnough: false,
  };
  const ofFormerMember = {
    what: 'a script with a key of a former member',
    key: { userId, orgId },
    isEnough: false,
  };
  const generic = { what: 'a script with a generic key', key: {}, isEnough: false };
  // PropelAuth always returns the id of the key's organization, but not always its name.
  const isFound = orgSources.every(isByIdSource);
  const ofNobody = {
    what: 'a script with a key of the organization that no user made',
    key: { orgId },
    isEnough: isMembershipEnough && isFound,
  };
  return [personal, ofFormerMember, generic, ...(isMembershipEnough && !isFound ? [] : [ofNobody])];
}

function memberKey(org: NamedOrg, membership: OrgMembership, accounts: TestAccounts): TestKey {
  const { role, permissions } = membership;
  const { userId } = accounts.user({ orgs: [{ org, membership: { role, permissions } }] });
  return { userId, orgId: org.orgId };
}

function unusableKeys(accounts: TestAccounts): TestCaller[] {
  const { userId } = accounts.user({ orgs: [] });
  return [
    { what: 'a script with an unknown API key', apiKey: accounts.unknownApiKey() },
    { what: 'a script with an expired API key', apiKey: accounts.expiredApiKey({ userId }) },
  ].map(({ what, apiKey }) => rejected({ what, credentials: { tokens: [], apiKey } }));
}

/** A caller with an API key and an access token, each of which would be enough alone. */
async function keyBesideToken(callers: readonly TestCaller[], accounts: TestAccounts) {
  const caller = callers.find(({ mayCall }) => mayCall);
  if (caller === undefined) return [];
  const { credentials } = await anyUser(accounts);
  const both = { ...caller.credentials, tokens: credentials.tokens };
  return [rejected({ what: 'a script with an API key and an access token', credentials: both })];
}
