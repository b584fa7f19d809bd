import { ofOrg, checksOf } from '../../../test/support/written-rules.js';
import type { OrgSource, OrgSourceReads } from '../../options/org-source.interface.js';
import { combinedOf } from '../policy.js';
import type { OrgRequirement } from './org-requirement.js';
import { orgRule, type RequiredOrg } from './org-rule.js';

const reading = (from: OrgSourceReads['from']): OrgSource =>
  Object.assign(() => undefined, { reads: { from, name: 'orgId' } as const });

function describeRule(requirement: OrgRequirement, source: OrgSource) {
  const required = combinedOf({ checks: checksOf(ofOrg(requirement, source)) }, orgRule);
  if (required === undefined) throw new Error('There is no organization rule');
  return orgRule.describe(required);
}

describe('An organization rule says of itself', () => {
  it('what it asks kinds of callers about', () => {
    expect(orgRule.asks).toEqual({ about: 'organization', answer: 'memberships()' });
  });

  it.each<[string, OrgRequirement, OrgSource, string[]]>([
    ['for members', { type: 'member' }, reading('path'), ['not_a_member']],
    [
      'for a role',
      { type: 'role', role: 'Admin', exact: false },
      reading('path'),
      ['not_a_member', 'role_missing'],
    ],
    [
      'for permissions',
      { type: 'any-permission', permissions: ['can_pay'] },
      reading('path'),
      ['not_a_member', 'permission_missing'],
    ],
    [
      'by a source that may find nothing',
      { type: 'member' },
      reading('query'),
      ['org_missing', 'not_a_member'],
    ],
    [
      'by a source that does not say what it reads',
      { type: 'member' },
      () => undefined,
      ['org_missing', 'not_a_member'],
    ],
  ])('which rejections there are: %s', (_what, requirement, source, reasons) => {
    expect(describeRule(requirement, source).reasons).toEqual(reasons);
  });

  it('which rejections there are for several rules together', () => {
    const rules = [
      ofOrg({ type: 'member' }, reading('path')),
      ofOrg({ type: 'role', role: 'Admin', exact: true }, reading('query')),
      {
        ...ofOrg({ type: 'member' }),
        argument: { requirement: { type: 'member' as const }, uncheckedOrg: true },
      },
    ];
    const required = combinedOf({ checks: checksOf(...rules) }, orgRule) as RequiredOrg;
    expect(orgRule.describe(required)).toMatchObject({
      who: expect.stringMatching(/, other orgs not checked$/),
      reasons: ['org_missing', 'not_a_member', 'role_missing'],
    });
  });

  it.each([
    ['path', [{ name: 'orgId', in: 'path' }]],
    ['query', [{ name: 'orgId', in: 'query' }]],
    ['header', [{ name: 'orgId', in: 'header' }]],
    ['body', [{ name: 'orgId', in: 'body' }]],
    ['token', []],
  ] as const)('which parameters of OpenAPI it reads: %s', (from, parameters) => {
    expect(describeRule({ type: 'member' }, reading(from)).parameters).toMatchObject(parameters);
  });
});
