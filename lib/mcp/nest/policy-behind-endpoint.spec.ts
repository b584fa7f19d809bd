import { DEFAULT_POLICY, type Policy } from '../../rules/policy.js';
import { policyUnderFront } from './policy-behind-endpoint.js';

const policyOf = (parts: Partial<Policy>): Policy => ({
  ...DEFAULT_POLICY,
  mode: 'mcp',
  isExplicit: true,
  ...parts,
});
const front = policyOf({ isMcpFront: true, scopes: ['front'] });
const ofPath = () => ({ orgId: 'of the path' });

describe('The policy of a request that calls a part of an MCP server', () => {
  it('has the rules of the controller in front if the part has none', () => {
    expect(policyUnderFront(front, policyOf({ isExplicit: false, scopes: ['part'] }))).toBe(front);
  });

  it('has the rules of both', () => {
    expect(policyUnderFront(front, policyOf({ scopes: ['part'] }))).toEqual(
      policyOf({ isMcpFront: true, scopes: ['front', 'part'] }),
    );
    expect(policyUnderFront(front, policyOf({ scopes: ['front'] })).isMcpFront).toBe(true);
  });

  it('has the rules of the part if one of the two is public', () => {
    const open = policyOf({ mode: 'public' });
    expect(policyUnderFront(front, open)).toEqual({ ...open, isMcpFront: true });
    const part = policyOf({ scopes: ['part'] });
    expect(policyUnderFront(policyOf({ mode: 'public', scopes: ['x'] }), part)).toEqual({
      ...part,
      isMcpFront: true,
    });
  });

  it('reads the organization from the token, not from a call that is not made yet', () => {
    const orgRequirements = [{ kind: 'member' }] as const;
    const part = policyOf({ orgRequirements, orgSources: [ofPath] });
    const { orgSources } = policyUnderFront(front, part);
    expect(orgSources).toHaveLength(1);
    expect(orgSources[0]).not.toBe(ofPath);
    expect(orgSources[0]).toHaveProperty('reads.from', 'token');
    expect(policyUnderFront(front, policyOf({ orgSources: [ofPath] })).orgSources).toEqual([]);
  });
});
