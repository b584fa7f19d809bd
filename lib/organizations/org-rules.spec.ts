import { OrgMemberInfo } from '@propelauth/node-apis';
import { ACME_ID, GLOBEX_ID } from '../../test/support/project.js';
import { DeciderSetup } from '../../test/guard/decider-setup.js';
import type { OrgSources } from './org-sources.js';
import type { Rejection } from '../rejections/rejection.js';
import type { OrgRequirement } from '../rules/org-requirement.js';
import { DEFAULT_POLICY } from '../rules/policy.js';
import { OrgRules } from './org-rules.js';

const roles = ['Admin', 'Member'];
const acme = new OrgMemberInfo(ACME_ID, 'Acme', {}, 'acme', 'Admin', roles, ['can_view_billing']);
const context = new DeciderSetup({}).context();

const member: OrgRequirement = { kind: 'member' };
const admin: OrgRequirement = { kind: 'role', role: 'Admin', exact: false };
const owner: OrgRequirement = { kind: 'role', role: 'Owner', exact: false };
const billing: OrgRequirement = { kind: 'permissions', permissions: ['can_edit_billing'] };

async function later(...parameters: Parameters<typeof orgFor>) {
  return orgFor(...parameters);
}

function orgFor(orgId: string, orgRequirements: OrgRequirement[], isLater: boolean) {
  const named = [{ orgId }];
  const sources = { ask: () => (isLater ? Promise.resolve(named) : named) };
  const rules = new OrgRules(sources as unknown as OrgSources);
  return rules.orgFor(context, { ...DEFAULT_POLICY, orgRequirements }, { [ACME_ID]: acme });
}

describe.each([
  ['synchronously', false],
  ['later', true],
])('Organization rules, if the organization is known %s,', (_when, isLater) => {
  it('pass for a member who meets all of them, and return the organization', async () => {
    expect(await orgFor(ACME_ID, [member, admin], isLater)).toBe(acme);
  });

  it.each<[string, OrgRequirement[], Rejection['reason']]>([
    ['the first', [owner, admin], 'role_missing'],
    ['the last', [admin, owner], 'role_missing'],
    ['several', [member, billing, owner], 'permission_missing'],
  ])('fail for a member who does not meet %s of them', async (_which, requirements, reason) => {
    const call = later(ACME_ID, requirements, isLater);
    await expect(call).rejects.toMatchObject({ reason, orgId: ACME_ID });
  });

  it('fail for other users, without revealing whether the organization exists', async () => {
    await expect(later(GLOBEX_ID, [member], isLater)).rejects.toMatchObject({
      reason: 'not_a_member',
      orgId: undefined,
    });
  });
});

it('Organization rules are synchronous if the organization is known synchronously', () => {
  expect(orgFor(ACME_ID, [member], false)).toBe(acme);
});
