import { ofOrg, checksOf, noImpersonation } from '../../../test/support/written-rules.js';
import type { OrgSource, OrgSourceReads } from '../../options/org-source.interface.js';
import { combinedOf } from '../policy.js';
import type { Rule } from '../rule.js';
import type { OrgRequirement } from './org-requirement.js';
import { orgRule, type RequiredOrg } from './org-rule.js';
import { orgFromHeader } from './sources/org-from-header.js';
import { orgFromParam } from './sources/org-from-param.js';

const reading = (from: OrgSourceReads['from']): OrgSource =>
  Object.assign(() => undefined, { reads: { from, name: 'orgId' } as const });

function combine(...rules: Rule[]): RequiredOrg {
  const required = combinedOf({ checks: checksOf(...rules) }, orgRule);
  if (required === undefined) throw new Error('There is no organization rule');
  return required;
}

function describeRule(requirement: OrgRequirement, source: OrgSource) {
  return orgRule.describe(combine(ofOrg(requirement, source)));
}

describe('An organization rule says of itself', () => {
  it('what it is called, what it asks kinds of callers about, and that it needs the present user', () => {
    expect(orgRule).toMatchObject({
      name: 'org',
      asks: { about: 'organization', answer: 'memberships()' },
      needsUser: true,
    });
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
    expect(orgRule.describe(combine(...rules))).toMatchObject({
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

  it('what a parameter of OpenAPI is for, unless its source says it', () => {
    const reads = {
      from: 'query',
      name: 'taskId',
      required: false,
      description: 'A task',
    } as const;
    expect([
      describeRule({ type: 'member' }, reading('path')).parameters,
      describeRule(
        { type: 'member' },
        Object.assign(() => undefined, { reads }),
      ).parameters,
    ]).toEqual([
      [
        {
          name: 'orgId',
          in: 'path',
          required: true,
          description: 'The organization that the request is about.',
        },
      ],
      [{ name: 'taskId', in: 'query', required: false, description: 'A task' }],
    ]);
  });
});

describe('The organization', () => {
  const [own, ofOther] = [() => undefined, () => undefined];

  it.each<[string, OrgSource[], boolean]>([
    ['built-in sources', [orgFromParam(), orgFromHeader('x-org-id')], false],
    ['a source of the application', [own], true],
    ['a built-in source and one of the application', [orgFromParam(), own], true],
  ])(
    'is found by what the application reads, unless all is built in: %s',
    (_what, sources, isRead) => {
      const required = combine(...sources.map((source) => ofOrg({ type: 'member' }, source)));
      expect(orgRule.dependsOnCall?.(required)).toBe(isRead);
    },
  );

  it('is found by the source that an organization rule names, whatever rules of other types say', () => {
    const others = [noImpersonation, { ...noImpersonation, argument: { source: ofOther } }];
    const member = ofOrg({ type: 'member' });
    expect(combine(...others, member, ofOrg({ type: 'member' }, own)).sources).toEqual([own]);
    expect(combine(...others, member).sources).not.toContain(ofOther);
  });
});
