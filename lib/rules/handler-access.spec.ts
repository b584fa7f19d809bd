import type { AccessMode, HandlerAccess } from './handler-access.js';
import {
  accessBehindEndpoint,
  handlerAccessOf,
  isForEveryone,
  OPEN_ACCESS,
} from './handler-access.js';
import type { OrgRequirement } from './org-requirement.js';
import { summaryOf } from './access-summary.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';

const member: OrgRequirement = { kind: 'member' };
const ofToken = () => undefined;
const ofPath = () => undefined;
const stepUp = { actionType: 'PAY', grantHeader: 'x-grant' };

const MCP: HandlerAccess = { ...OPEN_ACCESS, access: 'mcp' };

describe('The access of a handler', () => {
  it('is for everyone only if it is open, exempt or public', () => {
    const open: AccessMode[] = ['open', 'exempt', 'public'];
    const guarded: AccessMode[] = ['user', 'optional', 'mcp', 'nobody'];
    expect([...open, ...guarded].filter(isForEveryone)).toEqual(open);
  });

  it('is without any rule if no guard protects it', () => {
    expect(OPEN_ACCESS).toEqual({ ...handlerAccessOf(DEFAULT_POLICY), access: 'open' });
  });
});

describe('What the guard alone needs to know', () => {
  it('is in no description and in no table', () => {
    const policy: Required<Omit<Policy, 'exemptedBy' | 'guardedBy'>> = {
      ...DEFAULT_POLICY,
      uncheckedOrg: true,
      kindScopes: new Map(),
      tokenSources: [() => 'a token'],
      needsPresentUser: true,
      requiresAccount: true,
      isMcpEndpoint: true,
      opensEventStream: true,
      mayRespondWithStream: true,
    };
    const access = handlerAccessOf(policy);
    const described = { uncheckedOrg: true, requiresAccount: true, kindScopes: new Map() };
    expect(access).toEqual({ ...handlerAccessOf(DEFAULT_POLICY), ...described });
    expect(summaryOf(access)).toBe('user, org not checked, with account');
  });
});

describe('The access of a part of an MCP server', () => {
  const part: HandlerAccess = {
    ...MCP,
    orgSources: [ofToken],
    orgRequirements: [member],
    stepUps: [stepUp],
    scopes: ['read'],
  };

  it('may name any organization only if the level with the organization rule says so', () => {
    const endpoint: HandlerAccess = { ...MCP, uncheckedOrg: true };
    const meant: HandlerAccess = { ...part, uncheckedOrg: true };
    expect(accessBehindEndpoint(endpoint, MCP).uncheckedOrg).toBe(true);
    expect(accessBehindEndpoint(endpoint, part).uncheckedOrg).toBeUndefined();
    expect(accessBehindEndpoint(MCP, meant).uncheckedOrg).toBe(true);
  });

  it('includes the rules of the endpoint controller', () => {
    const endpoint = { ...part, orgSources: [ofPath, ofToken], scopes: ['write', 'read'] };
    expect(accessBehindEndpoint({ ...endpoint, deniesImpersonation: true }, part)).toEqual({
      access: 'mcp',
      apiKeyKind: undefined,
      deniesImpersonation: true,
      orgSources: [ofPath, ofToken],
      orgRequirements: [member, member],
      stepUps: [stepUp],
      scopes: ['write', 'read'],
      metadata: [],
    });
    expect(accessBehindEndpoint(MCP, { ...part, deniesImpersonation: true })).toEqual({
      ...part,
      deniesImpersonation: true,
    });
    expect(accessBehindEndpoint(MCP, part).deniesImpersonation).toBe(false);
  });

  it.each<[AccessMode, AccessMode]>([
    ['public', 'mcp'],
    ['mcp', 'public'],
    ['open', 'open'],
  ])('is its own if one of the two is for everyone: %s in front of %s', (ofEndpoint, ofPart) => {
    const own = { ...MCP, access: ofPart };
    expect(accessBehindEndpoint({ ...part, access: ofEndpoint }, own)).toBe(own);
  });
});
