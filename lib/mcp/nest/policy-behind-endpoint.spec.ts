import { DEFAULT_POLICY, type Policy } from '../../rules/policy.js';
import { policyBehindEndpoint } from './policy-behind-endpoint.js';
import { callersOf } from '../../../test/support/callers.js';
import { accessModeOf } from '../../rules/handler-access.js';
import { EVERYONE, MCP_CLIENT } from '../../rules/callers.js';

const policyOf = (parts: Partial<Policy>): Policy => ({
  ...DEFAULT_POLICY,
  callers: callersOf('mcp'),
  isExplicit: true,
  ...parts,
});
const endpoint = policyOf({ isMcpEndpoint: true, scopes: ['endpoint'] });
const ofPath = () => ({ orgId: 'of the path' });

describe('The policy of a request that calls a part of an MCP server', () => {
  it('has the rules of the endpoint controller if the part has none', () => {
    expect(policyBehindEndpoint(endpoint, policyOf({ isExplicit: false, scopes: ['part'] }))).toBe(
      endpoint,
    );
  });

  it('has the rules of both', () => {
    expect(policyBehindEndpoint(endpoint, policyOf({ scopes: ['part'] }))).toEqual(
      policyOf({ isMcpEndpoint: true, scopes: ['endpoint', 'part'] }),
    );
    expect(policyBehindEndpoint(endpoint, policyOf({ scopes: ['endpoint'] })).isMcpEndpoint).toBe(
      true,
    );
  });

  it.each<[string, Partial<Policy>]>([
    ['denies impersonation', { deniesImpersonation: true }],
    ['has a token source', { tokenSources: [() => 'a token'] }],
    ['has an organization rule', { orgSources: [ofPath], orgRequirements: [{ kind: 'member' }] }],
    ['requires a scope', { scopes: ['write'] }],
    ['needs the current user', { needsPresentUser: true }],
  ])('is as strict as that of the endpoint controller if it %s', (_what, parts) => {
    expect(policyBehindEndpoint({ ...endpoint, ...parts }, policyOf({}))).toEqual({
      ...endpoint,
      ...parts,
    });
  });

  it('rejects all callers if the two accept different ones', () => {
    const nobody = policyOf({ callers: callersOf('nobody') });
    expect(accessModeOf(policyBehindEndpoint(endpoint, nobody).callers)).toBe('nobody');
    expect(accessModeOf(policyBehindEndpoint(nobody, policyOf({})).callers)).toBe('nobody');
  });

  it('has the token sources of both', () => {
    const [one, other] = [() => 'one', () => 'other'];
    const policy = policyOf({ tokenSources: [one, other] });
    const behind = policyBehindEndpoint(policyOf({ tokenSources: [one] }), policy);
    expect(behind.tokenSources).toEqual([one, other]);
  });

  it('has the rules of the part if one of the two is public', () => {
    const open = policyOf({ callers: callersOf('public') });
    expect(policyBehindEndpoint(endpoint, open)).toEqual({ ...open, isMcpEndpoint: true });
    const part = policyOf({ scopes: ['part'] });
    expect(
      policyBehindEndpoint(policyOf({ callers: callersOf('public'), scopes: ['x'] }), part),
    ).toEqual({
      ...part,
      isMcpEndpoint: true,
    });
  });

  it('does not say that the response may stay open, which only a call of the part itself may', () => {
    const part = policyOf({ scopes: ['part'], mayRespondWithStream: true });
    for (const callers of [MCP_CLIENT, EVERYONE]) {
      const policy = policyBehindEndpoint({ ...endpoint, callers }, part);
      expect(policy).not.toHaveProperty('mayRespondWithStream');
    }
  });

  it('reads the organization from the token, not from a call that is not made yet', () => {
    const orgRequirements = [{ kind: 'member' }] as const;
    const part = policyOf({ orgRequirements, orgSources: [ofPath] });
    const { orgSources } = policyBehindEndpoint(endpoint, part);
    expect(orgSources).toHaveLength(1);
    expect(orgSources[0]).not.toBe(ofPath);
    expect(orgSources[0]).toHaveProperty('reads.from', 'token');
    expect(policyBehindEndpoint(endpoint, policyOf({ orgSources: [ofPath] })).orgSources).toEqual(
      [],
    );
  });
});
