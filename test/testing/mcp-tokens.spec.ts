import { jest } from '@jest/globals';
import { Controller, Module, Post } from '@nestjs/common';
import { PropelAuthModule, RequireUser, type McpOptions, type McpToken } from 'nestjs-propelauth';
import { CurrentMcpToken, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import {
  FakePropelAuthApi,
  overridePropelAuth,
  TestIssuer,
  type TestMcpTokenOptions,
} from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { alice } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

@Controller()
class McpController {
  @Post('mcp')
  @RequireMcpToken()
  token(@CurrentMcpToken() token: McpToken) {
    return token;
  }

  @Post('reports')
  @RequireScope('read:reports')
  reports() {}
}

@Controller()
class UsersController {
  @Post('users')
  @RequireUser()
  users() {}
}

/** As the module of an application is in production. */
function appModule(mcp: McpOptions | undefined) {
  @Module({
    imports: [
      PropelAuthModule.forRoot({
        authUrl: 'https://auth.acme.example',
        apiKey: 'a-key-of-production',
        mcp,
      }),
    ],
    controllers: mcp === undefined ? [UsersController] : [McpController, UsersController],
  })
  class AppModule {}
  return AppModule;
}

const MCP: McpOptions = {
  resource: 'https://api.acme.example/mcp',
  scopes: ['read:reports', 'write:reports'],
  introspection: { clientId: 'of-production', clientSecret: 'a-secret-of-production' },
  cacheSeconds: 0,
};

describe('overridePropelAuth(), in an application with the option mcp', () => {
  let propelAuth: PropelAuthServer;
  let issuer: TestIssuer;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    issuer = await TestIssuer.create();
  });

  const start = (api?: FakePropelAuthApi, module = appModule(MCP)) =>
    startApplication({ imports: [module] }, undefined, (builder) =>
      overridePropelAuth(builder, { issuer, api }),
    );

  const post = ({ url }: RunningApplication, path: string, token: string) =>
    request(url).post(path).auth(token, { type: 'bearer' });

  it('has it accept the tokens of the issuer, for its own resource', async () => {
    const application = await start();
    const issuedAt = new Date();
    const token = issuer.mcpToken(alice, { scopes: ['read:reports'], org: 'Acme Inc', issuedAt });
    await post(application, '/mcp', token).expect(201, {
      userId: alice.userId,
      clientId: 'an-mcp-client-for-tests',
      scopes: ['read:reports'],
      orgId: alice.orgs![0]!.orgId,
      expiresAt: Math.floor(issuedAt.getTime() / 1000) + 5400,
    });
    await post(application, '/reports', token).expect(201);
  });

  it('gives two applications that share a fake tokens for the resource of each', async () => {
    const api = new FakePropelAuthApi({ issuer });
    const token = issuer.mcpToken(alice);
    for (const resource of ['https://one.example.com/mcp', 'https://two.example.com/mcp']) {
      await post(await start(api, appModule({ ...MCP, resource })), '/mcp', token).expect(201);
    }
  });

  it.each<[string, number, TestMcpTokenOptions]>([
    ['that has expired', 401, { expiresInSeconds: -120 }],
    ['that was revoked', 401, { active: false }],
    ['for another resource', 401, { resource: 'https://other.example.com/mcp' }],
    ['for no resource', 401, { claims: { aud: undefined } }],
    [
      'whose resources contradict each other',
      401,
      { claims: { resource: 'https://other.example.com/mcp' } },
    ],
    ['that is a refresh token', 401, { claims: { token_type: 'refresh_token' } }],
    ['of no user', 401, { claims: { sub: undefined } }],
    ['that never expires', 401, { claims: { exp: undefined } }],
    ['that PropelAuth calls active after its end', 401, { claims: { exp: 1_700_000_000 } }],
    ['without the scope', 403, { scopes: ['write:reports'] }],
  ])('has it reject a token %s', async (_what, status, options) => {
    const application = await start();
    const token = issuer.mcpToken(alice, { scopes: ['read:reports'], ...options });
    await post(application, '/reports', token).expect(status);
  });

  it('has it reject the tokens of users, and those of MCP clients where it requires a user', async () => {
    const application = await start();
    const ofUser = await issuer.accessToken(alice);
    await post(application, '/mcp', ofUser).expect(401);
    await post(application, '/users', ofUser).expect(201);
    await post(application, '/users', issuer.mcpToken(alice)).expect(401);
  });

  it('can simulate that PropelAuth is unreachable, and responses that make no sense', async () => {
    const api = new FakePropelAuthApi({ issuer });
    const application = await start(api);
    const introspect = jest.spyOn(api, 'introspectMcpToken');
    introspect.mockRejectedValueOnce(new Error('An outage'));
    await post(application, '/mcp', issuer.mcpToken(alice)).expect(503);
    introspect.mockResolvedValueOnce({ active: 'yes' });
    const { status } = await post(application, '/mcp', issuer.mcpToken(alice));
    expect([401, 503]).toContain(status);
    await post(application, '/mcp', issuer.mcpToken(alice)).expect(201);
  });

  it('leaves an application without it as it is', async () => {
    const application = await start(undefined, appModule(undefined));
    await post(application, '/users', await issuer.accessToken(alice)).expect(201);
    await post(application, '/users', issuer.mcpToken(alice)).expect(401);
    await request(application.url).get('/.well-known/oauth-protected-resource/mcp').expect(404);
  });

  it('makes no request to PropelAuth', () => {
    expect(propelAuth.requests).toEqual([]);
  });
});
