import {
  combinePolicies,
  DEFAULT_POLICY,
  isSamePolicy,
  strictestOf,
  UNTRACEABLE_POLICY,
  type Policy,
} from './policy.js';
import type { CallerMode } from './access-rule.js';

const policyOf = (parts: Partial<Policy>): Policy => ({ ...DEFAULT_POLICY, ...parts });

const stepUp = { actionType: 'PAY', grantHeader: 'x-step-up-grant' };
const otherStepUp = { ...stepUp, actionType: 'DELETE' };
const tokenSource = () => 'a token';
const orgSource = () => ({ orgId: 'acme' });
const otherSource = () => ({ orgId: 'globex' });
const member = { kind: 'member' } as const;
const owner = { kind: 'role', role: 'Owner', exact: false } as const;

/** Each with what it is called by people, and the part of a policy that it changes. */
const stricter: [string, Partial<Policy>][] = [
  ['has a caller rule', { isExplicit: true }],
  ['denies impersonation', { deniesImpersonation: true }],
  ['has a token source', { tokenSources: [tokenSource] }],
  ['has an organization source', { orgSources: [orgSource] }],
  ['has an organization rule', { orgRequirements: [owner] }],
  ['requires step-up MFA', { stepUps: [stepUp] }],
  ['requires a scope', { scopes: ['read:reports'] }],
  ['needs the current user', { needsPresentUser: true }],
];

describe('The policy of a handler that is two methods', () => {
  describe.each(stricter)('if one of them %s', (_what, parts) => {
    it.each([
      ['first', [parts, {}]],
      ['last', [{}, parts]],
      ['among three', [{}, parts, {}]],
    ])('is as strict as that one, in any position: %s', (_where, all) => {
      expect(combinePolicies(all.map(policyOf))).toEqual(policyOf(parts));
    });
  });

  it('has the organization rules and sources of both', () => {
    const one = policyOf({ orgSources: [orgSource], orgRequirements: [member] });
    const other = policyOf({ orgSources: [otherSource, orgSource], orgRequirements: [owner] });
    expect(combinePolicies([one, other])).toEqual(
      policyOf({ orgSources: [orgSource, otherSource], orgRequirements: [member, owner] }),
    );
  });

  it('verifies once a grant that both require, and each grant that only one requires', () => {
    const both = combinePolicies([
      policyOf({ stepUps: [stepUp] }),
      policyOf({ stepUps: [{ ...stepUp }, otherStepUp] }),
    ]);
    expect(both.stepUps).toEqual([stepUp, otherStepUp]);
  });

  it.each([
    ['personal', 'org'],
    [undefined, 'org'],
  ] as const)('rejects all callers for API keys of different kinds: %s and %s', (one, other) => {
    const policies = [one, other].map((apiKeyKind) => policyOf({ mode: 'api-key', apiKeyKind }));
    expect(combinePolicies(policies).mode).toBe('nobody');
  });

  it('keeps the kind of API keys that both accept', () => {
    const policy = policyOf({ mode: 'api-key', apiKeyKind: 'org' });
    const denying = { ...policy, deniesImpersonation: true };
    expect(combinePolicies([policy, denying])).toEqual(denying);
  });

  it('is that of both if they have the same', () => {
    const policy = policyWithEverything();
    expect(combinePolicies([policy, policyWithEverything()])).toBe(policy);
  });

  it('is that of the method if there is only one', () => {
    const policy = policyOf({ scopes: ['read:reports'], isMcpEndpoint: true });
    expect(combinePolicies([policy])).toBe(policy);
  });
});

describe('The strictest of several modes', () => {
  it.each<[CallerMode[], CallerMode]>([
    [['public'], 'public'],
    [['webhook'], 'webhook'],
    [['public', 'optional'], 'optional'],
    [['public', 'user'], 'user'],
    [['optional', 'user', 'public'], 'user'],
    [['api-key', 'user'], 'nobody'],
    [['public', 'webhook'], 'nobody'],
    [['mcp', 'api-key'], 'nobody'],
  ])('of %j is %s', (modes, strictest) => {
    expect(strictestOf(new Set(modes))).toBe(strictest);
  });
});

function policyWithEverything(): Policy {
  return policyOf({
    isExplicit: true,
    tokenSources: [tokenSource],
    orgSources: [orgSource],
    orgRequirements: [{ ...owner }],
    stepUps: [{ ...stepUp }],
    scopes: ['read:reports'],
  });
}

describe('The policy of a handler', () => {
  it('without any rule requires a user by default, not explicitly', () => {
    expect(DEFAULT_POLICY).toMatchObject({ mode: 'user', isExplicit: false });
  });

  it('that cannot be traced rejects all callers', () => {
    expect(UNTRACEABLE_POLICY).toEqual({
      ...DEFAULT_POLICY,
      mode: 'untraceable',
      isExplicit: true,
    });
  });
});

describe('Two policies', () => {
  it.each<[string, Partial<Policy>]>([
    ...stricter,
    ['allows another caller', { mode: 'optional' }],
    ['accepts one kind of API keys', { apiKeyKind: 'org' }],
  ])('differ if one %s', (_what, parts) => {
    expect(isSamePolicy(policyOf({}), policyOf(parts))).toBe(false);
    expect(isSamePolicy(policyOf(parts), policyOf({}))).toBe(false);
  });

  it('are equal if they have the same rules', () => {
    expect(isSamePolicy(policyWithEverything(), policyWithEverything())).toBe(true);
  });

  it.each<[string, Partial<Policy>, Partial<Policy>]>([
    ['organization sources', { orgSources: [orgSource] }, { orgSources: [otherSource] }],
    ['organization rules', { orgRequirements: [member] }, { orgRequirements: [owner] }],
    [
      'rules after the first',
      { orgRequirements: [member, member] },
      { orgRequirements: [member, owner] },
    ],
  ])('differ with different %s', (_what, one, other) => {
    expect(isSamePolicy(policyOf(one), policyOf(other))).toBe(false);
  });
});
