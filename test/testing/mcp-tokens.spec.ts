import { Controller, Module, Post } from '@nestjs/common';
import {
  CurrentOrg,
  CurrentUser,
  PropelAuthModule,
  RequireOrgRole,
  RequireUser,
  type McpToken,
  type OrgMemberInfo,
  type User,
  type PropelAuthApi,
} from 'nestjs-propelauth';
import {
  CurrentMcpToken,
  RequireMcpToken,
  RequireScope,
  mcpServer,
  type McpOptions,
} from 'nestjs-propelauth/mcp';
import { overridePropelAuth, TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import type { McpTokenOptions } from 'propelauth-emulator';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { apiOf, emulatorOf } from '../support/emulator.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { classOf } from '../support/routes.js';

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

  @Post('admin')
  @RequireMcpToken()
  @RequireOrgRole('Admin')
  admin(@CurrentUser() user: User, @CurrentOrg() org: OrgMemberInfo) {
    return { email: user.email, firstName: user.firstName, orgName: org.orgName };
  }
}

const usersController = classOf('UsersController', [Controller()], {
  users: [Post('users'), RequireUser()],
});

/** As the module of an application is in production. */
function appModule(mcp: McpOptions | undefined) {
  @Module({
    imports: [
      PropelAuthModule.forRoot({
        authUrl: 'https://auth.acme.example',
        apiKey: 'a-key-of-production',
        plugins: mcp === undefined ? [] : [mcpServer(mcp)],
      }),
    ],
    controllers: mcp === undefined ? [usersController] : [McpController, usersController],
  })
  class AppModule {}
  return AppModule;
}

const alice: TestUser = {
  email: 'alice@example.com',
  firstName: 'Alice',
  orgs: [{ orgName: 'Acme Inc', role: 'Admin' }],
};

const userWith = (role: string): TestUser => ({
  email: `${role}@example.com`,
  firstName: role,
  orgs: [{ orgName: 'Acme Inc', role }],
});

const MCP: McpOptions = {
  resource: 'https://api.acme.example/mcp',
  scopes: ['read:reports', 'write:reports'],
  introspection: { clientId: 'of-production', clientSecret: 'a-secret-of-production' },
  cacheSeconds: 0,
};

async function expectPost(
  { url }: RunningApplication,
  path: string,
  token: string,
  status: number,
  body: object = {},
): Promise<void> {
  const response = await request(url).post(path).auth(token, { type: 'bearer' });
  expect(response).toMatchObject({ status, body });
}

describe('overridePropelAuth(), in an application with mcpServer()', () => {
  let propelAuth: PropelAuthServer;
  let issuer: TestIssuer;

  beforeAll(async () => {
    propelAuth = await PropelAuthServer.start();
    issuer = await TestIssuer.create();
  });

  const start = (emulator = emulatorOf(issuer), module = appModule(MCP)) =>
    startApplication({ imports: [module] }, undefined, (builder) =>
      overridePropelAuth(builder, { emulator }),
    );

  it('makes it accept tokens of the issuer, for its own resource', async () => {
    const application = await start();
    const issuedAt = new Date();
    const token = issuer.mcpToken(alice, { scopes: ['read:reports'], org: 'Acme Inc', issuedAt });
    await expectPost(application, '/mcp', token, 201, {
      userId: issuer.userId(alice),
      clientId: 'an-mcp-client-for-tests',
      scopes: ['read:reports'],
      orgId: issuer.orgId('Acme Inc'),
      expiresAt: Math.floor(issuedAt.getTime() / 1000) + 5400,
    });
    await expectPost(application, '/reports', token, 201);
  });

  it.each<[string, unknown]>([
    ['undefined variables', { clientId: undefined, clientSecret: undefined }],
    ['undefined', undefined],
  ])('needs no credentials for introspection: %s', async (_what, introspection) => {
    const options = { ...MCP, introspection } as McpOptions;
    const application = await start(emulatorOf(issuer), appModule(options));
    await expectPost(application, '/mcp', issuer.mcpToken(alice), 201);
  });

  it('gives two applications that share an emulator tokens for their own resources', async () => {
    const emulator = emulatorOf(issuer);
    const token = issuer.mcpToken(alice);
    for (const resource of ['https://one.example.com/mcp', 'https://two.example.com/mcp']) {
      await expectPost(await start(emulator, appModule({ ...MCP, resource })), '/mcp', token, 201);
    }
  });

  it.each<[string, number, McpTokenOptions]>([
    ['that has expired', 401, { expiresInSeconds: -120 }],
    ['that was revoked', 401, { active: false }],
    ['for another resource', 401, { resource: 'https://other.example.com/mcp' }],
    ['without the scope', 403, { scopes: ['write:reports'] }],
  ])('makes it reject a token %s', async (_what, status, options) => {
    const application = await start();
    const token = issuer.mcpToken(alice, { scopes: ['read:reports'], ...options });
    await expectPost(application, '/reports', token, status);
  });

  it('makes it reject tokens of users, and those of MCP clients if it requires a user', async () => {
    const application = await start();
    const ofUser = await issuer.accessToken(alice);
    await expectPost(application, '/mcp', ofUser, 401);
    await expectPost(application, '/users', ofUser, 201);
    await expectPost(application, '/users', issuer.mcpToken(alice), 401);
  });

  it('can simulate that PropelAuth is unreachable, and malformed responses', async () => {
    const emulator = emulatorOf(issuer);
    const application = await start(emulator);
    emulator.fail('introspect', { status: 502, times: 1 });
    await expectPost(application, '/mcp', issuer.mcpToken(alice), 503);
    emulator.fail('introspect', { body: { active: 'yes' }, times: 1 });
    await expectPost(application, '/mcp', issuer.mcpToken(alice), 503);
    await expectPost(application, '/mcp', issuer.mcpToken(alice), 201);
  });

  it('finds the user of the token, with the role in its organization', async () => {
    const application = await start();
    const [admin, member] = [userWith('Admin'), userWith('Member')];
    await expectPost(application, '/admin', issuer.mcpToken(admin, { org: 'Acme Inc' }), 201, {
      email: 'Admin@example.com',
      firstName: 'Admin',
      orgName: 'Acme Inc',
    });
    await expectPost(application, '/admin', issuer.mcpToken(admin), 403);
    await expectPost(application, '/admin', issuer.mcpToken(member, { org: 'Acme Inc' }), 403);
  });

  it.each([
    [
      'has another role',
      403,
      (api: PropelAuthApi, userId: string, orgId: string) =>
        api.changeUserRoleInOrg({ userId, orgId, role: 'Member' }),
    ],
    [
      'has left the organization',
      401,
      (api: PropelAuthApi, userId: string, orgId: string) =>
        api.removeUserFromOrg({ userId, orgId }),
    ],
    ['is disabled', 401, (api: PropelAuthApi, userId: string) => api.disableUser(userId)],
    ['is deleted', 401, (api: PropelAuthApi, userId: string) => api.deleteUser(userId)],
  ])('makes it reject the token of a user who %s since', async (_what, status, change) => {
    const emulator = emulatorOf(issuer);
    const application = await start(emulator);
    const token = issuer.mcpToken(alice, { org: 'Acme Inc' });
    await change(apiOf(emulator), issuer.userId(alice), issuer.orgId('Acme Inc'));
    await expectPost(application, '/admin', token, status);
  });

  it('leaves an application without it unchanged', async () => {
    const application = await start(undefined, appModule(undefined));
    await expectPost(application, '/users', await issuer.accessToken(alice), 201);
    await expectPost(application, '/users', issuer.mcpToken(alice), 401);
    await request(application.url).get('/.well-known/oauth-protected-resource/mcp').expect(404);
  });

  it('sends no request to PropelAuth', () => {
    expect(propelAuth.requests).toEqual([]);
  });
});
