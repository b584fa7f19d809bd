import { readMembership } from '../../propelauth/backend/org-claims.js';
import type { ApiKey, ApiKeyKind } from '../../types/api-key.js';
import { membershipIn } from '../../../test/support/claims.js';
import { ACME, ACME_ID, GLOBEX } from '../../../test/support/project.js';
import { ApiKeyCaller } from './api-key-caller.js';
import { ApiKeyCallerKind } from './api-key-caller-kind.js';
import type { ApiKeyLookUps } from './api-key-look-ups.js';

const user = { userId: 'user-alice', email: 'alice@example.com' };
const org = { orgId: ACME_ID, name: 'Acme Inc', metadata: { plan: 'pro' } };
const memberOf = (of: typeof ACME) => readMembership(membershipIn(of, 'Admin'));

/** A key as PropelAuth describes it, and what the caller knows of the organization. */
function callerWith(description: object): ApiKeyCaller {
  return new ApiKeyCaller({ metadata: {}, ...description } as unknown as ApiKey);
}

describe('The caller with an API key', () => {
  it.each<[string, object, string | undefined, boolean]>([
    ['of a user', { user }, undefined, false],
    ['of a member', { user, org, userInOrg: memberOf(ACME) }, 'Admin', false],
    ['of an organization', { org }, '', false],
    ['of nobody', {}, undefined, false],
    ['of a user, with a membership alone', { user, userInOrg: memberOf(ACME) }, undefined, false],
    // A creator who is not known has not left.
    ['of somebody in another', { org, userInOrg: memberOf(GLOBEX) }, undefined, false],
    ['of a former member', { user, org }, undefined, true],
    ['of a member of another', { user, org, userInOrg: memberOf(GLOBEX) }, undefined, true],
  ])('%s has this role, and may have left: %s', (_whose, description, role, hasLeft) => {
    const caller = callerWith(description);
    expect(caller.memberships[ACME_ID]?.userAssignedRole).toBe(role);
    expect(Object.keys(caller.memberships)).toEqual(role === undefined ? [] : [ACME_ID]);
    expect(caller.isOfFormerMember).toBe(hasLeft);
  });

  it.each<[object, object]>([
    [{}, { orgName: 'Acme Inc', urlSafeOrgName: '' }],
    [
      { name: undefined, orgName: 'Acme' },
      { orgName: 'Acme', urlSafeOrgName: '' },
    ],
    [{ urlSafeOrgName: 'acme' }, { orgName: 'Acme Inc', urlSafeOrgName: 'acme' }],
    [
      { name: 7, urlSafeOrgName: {} },
      { orgName: '', urlSafeOrgName: '' },
    ],
    [
      { name: 7, urlSafeOrgName: 'acme-inc' },
      { orgName: '', urlSafeOrgName: 'acme-inc' },
    ],
  ])('of an organization reads its names from the fields %j', (fields, names) => {
    const { [ACME_ID]: membership } = callerWith({ org: { ...org, ...fields } }).memberships;
    expect(membership).toMatchObject({
      ...names,
      orgMetadata: { plan: 'pro' },
      userPermissions: [],
      userInheritedRolesPlusCurrentRole: [],
      userAssignedAdditionalRoles: [],
    });
    expect(membership!.isRole('Owner') || membership!.isAtLeastRole('Member')).toBe(false);
    expect(membership!.hasPermission('can_edit_billing')).toBe(false);
    expect(Object.isFrozen(membership)).toBe(true);
  });
});

const callerKeyOf = (text: string) => `hash of ${text}`;

/** The kind, when PropelAuth has said this of a key. */
const kindOf = (description?: object) =>
  new ApiKeyCallerKind({
    lookUps: { recall: () => description },
    callerKeyOf,
  } as unknown as ApiKeyLookUps);

describe('The kind of API keys', () => {
  it.each<[ApiKeyKind | undefined, string]>([
    [undefined, 'API key'],
    ['personal', 'personal API key'],
    ['org', 'organization API key'],
    ['generic', 'generic API key'],
    ['imported', 'imported API key'],
  ])('is called by the keys that a handler accepts: %s', (only, words) => {
    expect(kindOf().inWords(only)).toBe(words);
  });

  it('says in OpenAPI documents where a key can be', () => {
    expect(kindOf().describeScheme()).toBe(
      'One of your API keys, for scripts. You can send it in `Authorization: Bearer` instead, but only in one of the two headers.',
    );
  });
});

/** What the kind says of a caller whose key is remembered with this description. */
function recalled(description: object | undefined) {
  const kind = kindOf(description);
  const caller = kind.recall('a');
  return caller && [kind.describe(caller), kind.report(caller), kind.keyOf(caller)];
}

describe('A remembered API key', () => {
  it.each<[string, object, object, object, string | undefined]>([
    ['of a user', { user }, { userId: 'user-alice' }, {}, undefined],
    ['of an organization', { org }, { orgId: ACME_ID }, { orgId: ACME_ID }, undefined],
    [
      'of a member',
      { user, org, userInOrg: memberOf(ACME) },
      { userId: 'user-alice', orgId: ACME_ID },
      { orgId: ACME_ID },
      undefined,
    ],
    ['of nobody', {}, {}, {}, 'hash of a'],
  ])('%s is its caller', (_whose, description, described, reported, key) => {
    expect(recalled(description)).toEqual([{ ...described, apiKey: description }, reported, key]);
  });

  it.each([undefined, { user, org }])(
    'that is unknown or of a former member is nobody: %j',
    (of) => {
      expect(recalled(of)).toBeUndefined();
    },
  );
});
