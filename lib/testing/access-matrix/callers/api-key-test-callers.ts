import type { ApiKeyKind } from '../../../types/api-key.js';
import type { HandlerAccess } from '../../../rules/handler-access.js';
import type { NamedOrg, TestCaller } from '../entry-point.js';
import { membershipsFor, strongestMembership, type OrgMembership } from '../org-memberships.js';
import { inWords, rejected } from './test-caller-words.js';
import { isByIdSource } from '../../../organizations/org-source.factory.js';
import { OTHER_ORG, readsCall } from './org-naming.js';
import type { TestAccounts } from './test-accounts.js';
import { anyUser } from './user-test-callers.js';

/** An API key, and the result of the organization rules for it. */
interface TestApiKey {
  readonly what: string;
  readonly apiKey: string;
  readonly kind: ApiKeyKind;
  /** Whether the key passes the organization rules, if there are any. */
  readonly isEnough: boolean;
}

/** Callers with an API key, as the rules of a handler distinguish them. */
export async function apiKeyCallers(
  access: HandlerAccess,
  org: NamedOrg,
  accounts: TestAccounts,
): Promise<TestCaller[]> {
  const { apiKeyKind, orgRequirements } = access;
  const hasOrgRules = orgRequirements.length > 0;
  const keys = hasOrgRules ? keysByMembership(access, org, accounts) : [];
  const callers = [...keys, ...keysByOwner(access, org, accounts)].map(
    ({ what, apiKey, kind, isEnough }) => ({
      what,
      mayCall: (apiKeyKind ?? kind) === kind && (isEnough || !hasOrgRules),
      credentials: { tokens: [], apiKey },
    }),
  );
  // Allowed callers come first.
  const ordered = callers.toSorted((one, other) => Number(other.mayCall) - Number(one.mayCall));
  return [...ordered, ...unusableKeys(accounts), ...(await keyBesideToken(ordered, accounts))];
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
    apiKey: memberKey(org, membership, accounts),
    kind: 'org' as const,
    isEnough: membership.isEnough,
  }));
  if (!readsCall(access)) return ofMembers;
  const strongest = strongestMembership(access.orgRequirements, accounts.issuer.roles);
  return [
    ...ofMembers,
    {
      what: 'a script with a key of another organization',
      apiKey: memberKey(OTHER_ORG, strongest, accounts),
      kind: 'org',
      isEnough: false,
    },
  ];
}

/** Keys without a member. Personal keys have no organization; a key of the organization itself has a membership without a role. */
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
    apiKey: accounts.apiKey({ userId }),
    kind: 'personal' as const,
    isEnough: false,
  };
  const ofFormerMember = {
    what: 'a script with a key of a former member',
    apiKey: accounts.apiKey({ userId, orgId }),
    kind: 'org' as const,
    isEnough: false,
  };
  // PropelAuth always returns the id of the key's organization, but not always its name.
  const isFound = orgSources.every(isByIdSource);
  const ofNobody = {
    what: 'a script with a key of the organization that no user made',
    apiKey: accounts.apiKey({ orgId }),
    kind: 'org' as const,
    isEnough: isMembershipEnough && isFound,
  };
  return [personal, ofFormerMember, ...(isMembershipEnough && !isFound ? [] : [ofNobody])];
}

function memberKey(org: NamedOrg, membership: OrgMembership, accounts: TestAccounts): string {
  const { role, permissions } = membership;
  const { userId } = accounts.user({ orgs: [{ org, membership: { role, permissions } }] });
  return accounts.apiKey({ userId, orgId: org.orgId });
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
