import { membershipIn, userClaims } from '../../../test/support/claims.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../../../test/support/project.js';
import type { OrgReference } from '../../options/org-source.interface.js';
import { readUser } from '../../callers/user/user-claims.js';
import { findMembershipById, findNamedMembership } from './org-membership.js';
import { Rejection } from '../../rejections/rejection.js';

const ACME_NAME = 'acme-inc';
const user = readUser(
  userClaims('alice', membershipIn(ACME, 'Owner'), membershipIn(GLOBEX, 'Member')),
);
const acme = user.getOrg(ACME_ID);

function find(...references: unknown[]) {
  return findNamedMembership(user.orgIdToUserOrgInfo, references as OrgReference[]);
}

const notAMember = new Rejection('not_a_member');
const mismatch = new Rejection('org_mismatch');
const missing = new Rejection('org_missing');

/** Values that are not an organization id of the user, although some lookups would find a property of that name. */
const NO_IDS: unknown[] = [
  ...Object.getOwnPropertyNames(Object.prototype),
  '',
  ' ',
  'elsewhere',
  ACME_ID.toUpperCase(),
  `${ACME_ID} `,
  `${ACME_ID}\0`,
  `${ACME_ID}0`,
  `${ACME_ID},${ACME_ID}`,
  ACME_ID.slice(0, -1),
  ACME_NAME,
  null,
  7,
  true,
  [ACME_ID],
  { toString: () => ACME_ID },
  new String(ACME_ID),
  Symbol.iterator,
];

describe('findMembershipById', () => {
  it('finds the membership in the organization with that id', () => {
    expect(findMembershipById(user.orgIdToUserOrgInfo, ACME_ID)).toBe(acme);
    expect(findMembershipById(user.orgIdToUserOrgInfo, GLOBEX_ID).orgName).toBe(GLOBEX.orgName);
  });

  it.each([...NO_IDS, undefined].map((id) => [id]))('finds none for %p', (id) => {
    expect(() => findMembershipById(user.orgIdToUserOrgInfo, id)).toThrow(notAMember);
  });

  it.each(['elsewhere', '__proto__', 'constructor'])(
    'finds none for a user without organizations: %s',
    (id) => {
      for (const claims of [{ user_id: 'dave' }, userClaims('dave')]) {
        const { orgIdToUserOrgInfo } = readUser(claims);
        expect(() => findMembershipById(orgIdToUserOrgInfo, id)).toThrow(notAMember);
      }
    },
  );
});

describe('findNamedMembership', () => {
  it.each<[string, OrgReference[]]>([
    ['by id', [{ orgId: ACME_ID }]],
    ['by URL-safe name', [{ orgName: ACME_NAME }]],
    ['by both', [{ orgId: ACME_ID, orgName: ACME_NAME }]],
    ['by three sources', [{ orgId: ACME_ID }, { orgName: ACME_NAME }, { orgId: ACME_ID }]],
  ])('finds the organization named %s', (_how, references) => {
    expect(find(...references)).toBe(acme);
  });

  it.each([
    undefined,
    null,
    {},
    { orgId: undefined },
    { orgId: undefined, orgName: undefined },
    ACME_ID,
    [[ACME_ID]],
  ])('rejects a request without an organization: %j', (reference) => {
    expect(() => find(reference)).toThrow(missing);
    // A valid organization in another place does not help.
    expect(() => find({ orgId: ACME_ID }, reference)).toThrow(missing);
    expect(() => find(reference, { orgId: ACME_ID })).toThrow(missing);
  });

  it('rejects a request without a source', () => {
    expect(() => find()).toThrow(missing);
  });

  it('rejects two different organizations, even if the user is in both', () => {
    expect(() => find({ orgId: ACME_ID }, { orgId: GLOBEX_ID })).toThrow(mismatch);
    expect(() => find({ orgId: ACME_ID, orgName: 'globex' })).toThrow(mismatch);
    expect(() => find({ orgName: ACME_NAME }, { orgName: 'globex' })).toThrow(mismatch);
  });

  it.each(NO_IDS.map((id) => [id]))('rejects the id %p from every source', (id) => {
    expect(() => find({ orgId: id })).toThrow(notAMember);
    expect(() => find({ orgId: ACME_ID }, { orgId: id })).toThrow(notAMember);
    expect(() => find({ orgId: id, orgName: ACME_NAME })).toThrow(notAMember);
  });

  it.each([
    'Acme Inc',
    'ACME-INC',
    'acme inc',
    'acme-inc ',
    'acme',
    '',
    ACME_ID,
    null,
    [ACME_NAME],
    { toString: () => ACME_NAME },
  ])('matches a name exactly, and not %j', (orgName) => {
    expect(() => find({ orgName })).toThrow(notAMember);
    expect(() => find({ orgId: ACME_ID, orgName })).toThrow(notAMember);
  });

  it('rejects a name that two organizations share, and still accepts their ids', () => {
    const twin = membershipIn(GLOBEX, 'Owner', { url_safe_org_name: ACME_NAME });
    const ambiguous = readUser(userClaims('alice', membershipIn(ACME, 'Member'), twin));
    const findBy = (reference: OrgReference) =>
      findNamedMembership(ambiguous.orgIdToUserOrgInfo, [reference]).orgId;
    expect(() => findBy({ orgName: ACME_NAME })).toThrow(notAMember);
    expect(findBy({ orgId: ACME_ID })).toBe(ACME_ID);
  });

  it.each(['', null, 7])('never finds an organization by %p, even if that is its name', (name) => {
    const nameless = { orgId: ACME_ID, urlSafeOrgName: name };
    const memberships = { [ACME_ID]: nameless } as unknown as typeof user.orgIdToUserOrgInfo;
    const references = [{ orgName: name }] as OrgReference[];
    expect(() => findNamedMembership(memberships, references)).toThrow(notAMember);
  });

  it('does not confuse an organization without a name with a missing name', () => {
    const nameless = membershipIn(ACME, 'Owner', { url_safe_org_name: null });
    const alice = readUser(userClaims('alice', nameless));
    for (const orgName of [null, '', 'undefined', 'null']) {
      expect(() =>
        findNamedMembership(alice.orgIdToUserOrgInfo, [{ orgName } as OrgReference]),
      ).toThrow(notAMember);
    }
  });
});
