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
  ['says itself who may call', { isExplicit: true }],
  ['denies impersonation', { deniesImpersonation: true }],
  ['has a token source', { tokenSources: [tokenSource] }],
  ['has an organization source', { orgSources: [orgSource] }],
  ['has an organization rule', { orgRequirements: [owner] }],
  ['requires step-up MFA', { stepUps: [stepUp] }],
  ['requires a scope', { scopes: ['read:reports'] }],
  ['needs the present user', { needsPresentUser: true }],
];

describe('The policy of a handler that is two methods', () => {
  describe.each(stricter)('of which one %s', (_what, parts) => {
    it.each([
      ['first', [parts, {}]],
      ['last', [{}, parts]],
      ['among three', [{}, parts, {}]],
    ])('is as strict as that one, wherever it is: %s', (_where, all) => {
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

  it('asks once for a grant that both require, and for each that one of them does', () => {
    const both = combinePolicies([
      policyOf({ stepUps: [stepUp] }),
      policyOf({ stepUps: [{ ...stepUp }, otherStepUp] }),
    ]);
    expect(both.stepUps).toEqual([stepUp, otherStepUp]);
  });

  it.each([
    ['personal', 'org'],
    [undefined, 'org'],
  ] as const)('lets nobody in for API keys of different kinds: %s and %s', (one, other) => {
    const policies = [one, other].map((apiKeyKind) => policyOf({ mode: 'api-key', apiKeyKind }));
    expect(combinePolicies(policies).mode).toBe('nobody');
  });

  it('keeps the kind of API keys that both take', () => {
    const policy = policyOf({ mode: 'api-key', apiKeyKind: 'org' });
    const denying = { ...policy, deniesImpersonation: true };
    expect(combinePolicies([policy, denying])).toEqual(denying);
  });

  it('is that of both, where they have the same', () => {
    const policy = policyWithEverything();
    expect(combinePolicies([policy, policyWithEverything()])).toBe(policy);
  });

  it('is that of the method, where it is only one', () => {
    const policy = policyOf({ scopes: ['read:reports'], isMcpFront: true });
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
  it('without any rule requires a user, and says so only by default', () => {
    expect(DEFAULT_POLICY).toMatchObject({ mode: 'user', isExplicit: false });
  });

  it('that cannot be traced is one that no caller meets', () => {
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
    ['lets another caller in', { mode: 'optional' }],
    ['takes one kind of API keys', { apiKeyKind: 'org' }],
  ])('are not the same when one %s', (_what, parts) => {
    expect(isSamePolicy(policyOf({}), policyOf(parts))).toBe(false);
    expect(isSamePolicy(policyOf(parts), policyOf({}))).toBe(false);
  });

  it('are the same when they say the same', () => {
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
  ])('are not the same with different %s', (_what, one, other) => {
    expect(isSamePolicy(policyOf(one), policyOf(other))).toBe(false);
  });
});
