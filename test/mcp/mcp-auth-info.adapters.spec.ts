import type { IncomingMessage } from 'node:http';
import { Controller, Get, Module, Req } from '@nestjs/common';
import { PropelAuthModule, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import type { McpTokenOptions } from 'propelauth-emulator';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { ACME, ACME_ID } from '../support/project.js';

/** The exact text, whose `URL` ends with a slash: that is what the SDK's type holds. */
const RESOURCE = 'https://api.example.com/mcp';

const alice = { email: 'alice@example.com', orgs: [{ ...ACME, role: 'Owner' }] };

const HOSTILE = { token: 'a-token', clientId: 'another', scopes: ['read', 'write'], extra: {} };

/** What was on the request of Node.js when the handler, or else the end of the response, was reached. */
const seen: unknown[] = [];

type NodeRequest = IncomingMessage & { auth?: unknown };

function authOf(incoming: NodeRequest & { raw?: NodeRequest }): unknown {
  return (incoming.raw ?? incoming).auth;
}

@Controller()
class AppController {
  @Get('mcp')
  @RequireMcpToken()
  mcp(@Req() incoming: NodeRequest) {
    seen.push(authOf(incoming));
  }

  @Get('scope')
  @RequireScope('write')
  scope(@Req() incoming: NodeRequest) {
    seen.push(authOf(incoming));
  }

  @Get('role')
  @RequireMcpToken()
  @RequireOrgRole('Owner')
  role(@Req() incoming: NodeRequest) {
    seen.push(authOf(incoming));
  }

  @Get('user')
  @RequireUser()
  user(@Req() incoming: NodeRequest) {
    seen.push(authOf(incoming));
  }
}

describe('request.auth, which the MCP SDK reads', () => {
  let issuer: TestIssuer;

  beforeAll(async () => {
    issuer = await TestIssuer.create();
  });

  beforeEach(() => {
    seen.length = 0;
  });

  async function start(
    prepare: (incoming: NodeRequest) => void = () => {},
  ): Promise<RunningApplication> {
    @Module({
      imports: [
        PropelAuthModule.forRoot({
          ...issuer.moduleOptions,
          plugins: [
            mcpServer({
              resource: RESOURCE,
              scopes: ['read', 'write'],
              introspection: issuer.introspection,
            }),
          ],
        }),
      ],
      controllers: [AppController],
    })
    class AppModule {}

    return startApplication(
      { imports: [AppModule] },
      (app) => {
        // Of Fastify, too, this is the request of Node.js.
        app.use((incoming: NodeRequest, response: NodeJS.EventEmitter, next: () => void) => {
          prepare(incoming);
          response.once('finish', () => seen.push(incoming.auth));
          next();
        });
      },
      (builder) => overridePropelAuth(builder, { issuer }),
    );
  }

  async function call(
    { url }: RunningApplication,
    path: string,
    options: McpTokenOptions = {},
  ): Promise<number> {
    const token = issuer.mcpToken(alice, options);
    return (await request(url).get(path).auth(token, { type: 'bearer' })).status;
  }

  it('is the AuthInfo of the caller, without the token', async () => {
    const application = await start();
    const issuedAt = new Date();
    const options = {
      scopes: ['read', 'write'],
      org: ACME.orgName,
      clientId: 'the-client',
      issuedAt,
    };
    expect(await call(application, '/mcp', options)).toBe(200);
    expect(seen[0]).toEqual({
      token: '',
      clientId: 'the-client',
      scopes: ['read', 'write'],
      expiresAt: Math.floor(issuedAt.getTime() / 1000) + 5400,
      resource: new URL(RESOURCE),
      extra: { userId: issuer.userId(alice), orgId: ACME_ID },
    });
    expect((seen[0] as { resource: URL }).resource).toBeInstanceOf(URL);
  });

  it('is also set under organization rules', async () => {
    const application = await start();
    expect(await call(application, '/role', { org: ACME.orgName })).toBe(200);
    expect(seen[0]).toMatchObject({ extra: { userId: issuer.userId(alice), orgId: ACME_ID } });
  });

  it('has no organization if the token has none', async () => {
    const application = await start();
    expect(await call(application, '/mcp')).toBe(200);
    expect(seen[0]).toMatchObject({ scopes: [] });
    expect((seen[0] as { extra: object }).extra).toEqual({ userId: issuer.userId(alice) });
  });

  it('is a copy, so that a tool that changes it does not affect later decisions', async () => {
    const application = await start();
    const token = issuer.mcpToken(alice, { scopes: ['read'] });
    const get = (path: string) =>
      request(application.url).get(path).auth(token, { type: 'bearer' });
    await get('/mcp').expect(200);
    (seen[0] as { scopes: string[] }).scopes.push('write');
    await get('/scope').expect(403);
    await get('/mcp').expect(200);
    expect(seen.at(-1)).toMatchObject({ scopes: ['read'] });
  });

  it.each([
    ['a property', (incoming: NodeRequest) => void (incoming.auth = HOSTILE)],
    [
      'a read-only property',
      (incoming: NodeRequest) =>
        void Object.defineProperty(incoming, 'auth', { value: HOSTILE, configurable: true }),
    ],
    [
      'a getter',
      (incoming: NodeRequest) =>
        void Object.defineProperty(incoming, 'auth', { get: () => HOSTILE, configurable: true }),
    ],
  ])('replaces %s that another library has set', async (_what, prepare) => {
    const application = await start(prepare);
    expect(await call(application, '/mcp')).toBe(200);
    expect(seen[0]).toMatchObject({ token: '', extra: { userId: issuer.userId(alice) } });
  });

  it('ends the call if it cannot replace the existing value', async () => {
    const application = await start((incoming) => {
      Object.defineProperty(incoming, 'auth', { value: HOSTILE });
    });
    expect(await call(application, '/mcp')).toBe(500);
    // That of the response alone: the handler did not run.
    expect(seen).toEqual([HOSTILE]);
  });

  it.each([
    ['without the scope', '/scope', 403, { scopes: ['read'] }],
    ['without the organization', '/role', 403, {}],
    ['of a token for another resource', '/mcp', 401, { resource: 'https://other.example.com/mcp' }],
    ['of a token that is not active', '/mcp', 401, { active: false }],
    ['of an MCP client on a route for users', '/user', 401, {}],
  ])('is not set on a rejected call %s', async (_what, path, status, options) => {
    const application = await start();
    expect(await call(application, path, options)).toBe(status);
    expect(seen).toEqual([undefined]);
  });

  it('is unchanged on routes for users', async () => {
    const application = await start((incoming) => void (incoming.auth = HOSTILE));
    const token = await issuer.accessToken(alice);
    await request(application.url).get('/user').auth(token, { type: 'bearer' }).expect(200);
    expect(seen[0]).toBe(HOSTILE);
  });
});
