import { OrgMemberInfo } from '@propelauth/node-apis';
import { FakePropelAuthApi, TestIssuer, type TestMcpTokenOptions } from 'nestjs-propelauth/testing';
import { BackendClient } from '../../lib/backend/backend-client.js';
import type { UserState } from '../../lib/backend/user-state.js';
import { ResolvedOptions } from '../../lib/options/resolved-options.js';
import { registerCleanup } from '../support/clean-up.js';

const issuer = await TestIssuer.create();
const api = new FakePropelAuthApi({ issuer });
const alice = api.addUser({
  email: 'alice@example.com',
  username: 'alice',
  properties: { plan: 'pro' },
  orgs: [{ orgName: 'Acme Inc', role: 'Admin' }],
});
const server = await api.listen();
registerCleanup(() => server.close());
const real = new BackendClient(
  new ResolvedOptions({ ...issuer.moduleOptions, apiUrl: server.url }),
);

const RESOURCE = 'https://api.example.com/mcp';
/** Introspection is below the auth URL. */
const introspecting = new BackendClient(
  new ResolvedOptions({
    ...issuer.moduleOptions,
    authUrl: server.url,
    mcp: { resource: RESOURCE, scopes: ['read', 'write'], introspection: issuer.introspection },
  }),
);

/** The package's own calls, over HTTP, against what the fake answers PropelAuth's client. */
describe('The fake BackendClient and the one over HTTP', () => {
  it('return the same verification key', async () => {
    expect(await api.backendClient.fetchVerifierKey()).toBe(await real.fetchVerifierKey());
  });

  it.each([
    ['of a user', () => ({ userId: alice })],
    ['of an organization', () => ({ orgId: api.project.issuer.orgId() })],
    ['of a user in one', () => ({ userId: alice, orgId: api.project.issuer.orgId() })],
    ['without an owner', () => ({ metadata: { scope: 'read' } })],
  ])('return the same for an API key %s', async (_case, owner) => {
    const { apiKeyToken } = await api.createApiKey(owner());
    const validation = await api.backendClient.validateApiKey(apiKeyToken);
    expect(validation).toEqual(await real.validateApiKey(apiKeyToken));
    expect(Object.isFrozen(validation.metadata)).toBe(true);
  });

  it('return the membership of a key as an OrgMemberInfo', async () => {
    const { apiKeyToken } = await api.createApiKey({
      userId: alice,
      orgId: api.project.issuer.orgId(),
    });
    const { userInOrg } = await api.backendClient.validateApiKey(apiKeyToken);
    expect(userInOrg).toBeInstanceOf(OrgMemberInfo);
  });

  it('return the same current access of users', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const userId of [alice, nobody]) {
      const state = await api.backendClient.fetchUserState(userId);
      expect(accessIn(state)).toEqual(accessIn(await real.fetchUserState(userId)));
    }
    const [ofFake, ofReal] = await Promise.all(
      [api.backendClient, real].map((calls) => calls.fetchUserStates([alice, nobody])),
    );
    expect([...ofFake!.keys()]).toEqual([alice]);
    expect(accessIn(ofFake!.get(alice))).toEqual(accessIn(ofReal!.get(alice)));
  });

  it.each<[string, TestMcpTokenOptions]>([
    [
      'with an organization',
      { scopes: ['read', 'write'], org: 'Acme Inc', clientId: 'the-client' },
    ],
    ['with no optional properties', {}],
    ['for another resource', { resource: 'https://other.example.com/mcp' }],
    ['for no resource', { claims: { aud: undefined } }],
    ['for several resources', { claims: { aud: [RESOURCE, 'https://other.example.com'] } }],
  ])('return the same for an MCP token %s', async (_case, options) => {
    const token = issuer.mcpToken(
      { orgs: [{ role: 'Admin' }] },
      { resource: RESOURCE, ...options },
    );
    const introspection = await api.backendClient.introspect(token);
    expect(introspection).toEqual(await introspecting.introspect(token));
    expect(Object.isFrozen(introspection.token.scopes)).toBe(true);
  });

  it.each<[string, TestMcpTokenOptions]>([
    ['that is not active', { active: false }],
    ['that has expired', { expiresInSeconds: -1 }],
    ['that is a refresh token', { claims: { token_type: 'refresh_token' } }],
    ['without a user', { claims: { sub: undefined } }],
    ['with a malformed response', { claims: { scope: ['read'] } }],
  ])('reject an MCP token %s in the same way', async (_case, options) => {
    const token = issuer.mcpToken({}, { resource: RESOURCE, ...options });
    const [ofFake, ofReal] = await Promise.all([
      errorOf(api.backendClient.introspect(token)),
      errorOf(introspecting.introspect(token)),
    ]);
    expect(ofFake).toEqual(ofReal);
    expect(ofFake.constructor).toBe(ofReal.constructor);
  });

  it('reject an unknown API key in the same way', async () => {
    const [ofFake, ofReal] = await Promise.all([
      errorOf(api.backendClient.validateApiKey('unknown')),
      errorOf(real.validateApiKey('unknown')),
    ]);
    expect(ofFake).toEqual(ofReal);
    expect(ofFake.constructor).toBe(ofReal.constructor);
  });

  it('return the same for step-up grants', async () => {
    for (const calls of [api.backendClient, real]) {
      const grant = api.grantStepUp({ userId: alice, actionType: 'PAY' });
      const request = { userId: alice, actionType: 'PAY', grant };
      expect(await calls.verifyStepUpGrant({ ...request, actionType: 'DELETE' })).toBe(false);
      expect(await calls.verifyStepUpGrant(request)).toBe(true);
      expect(await calls.verifyStepUpGrant(request)).toBe(false);
    }
  });
});

/** What decides access. The fake returns more than that. */
function accessIn(state: UserState | null | undefined) {
  return (
    state && {
      isEnabled: state.isEnabled,
      orgs: [...state.orgs].map(([orgId, roles]) => [
        orgId,
        roles.userAssignedRole,
        roles.userInheritedRolesPlusCurrentRole,
        roles.userPermissions,
        roles.userAssignedAdditionalRoles,
        roles.orgRoleStructure,
      ]),
    }
  );
}

async function errorOf(call: Promise<unknown>): Promise<Error> {
  return call.then(
    () => new Error('There was no error'),
    (error: Error) => error,
  );
}
