import type { IncomingMessage } from 'node:http';
import type { NestInterceptor } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { PropelAuthModule, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { CLIENT_ID, RESOURCE } from '../support/mcp-options.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

type NodeRequest = IncomingMessage & { auth?: unknown };

const HOSTILE = { token: 'a-token', clientId: 'another', scopes: ['read', 'write'], extra: {} };

/** What was on the request of Node.js when the handler, and then the end of the response, was reached. */
const seen: unknown[] = [];

/** What middleware of another library does to each request. */
let prepare: (request: NodeRequest) => void;

/** Notes what a handler is called with. */
const witness: NestInterceptor = {
  intercept: (context, next) => {
    const request = context.switchToHttp().getRequest<NodeRequest & { raw?: NodeRequest }>();
    seen.push((request.raw ?? request).auth);
    return next.handle();
  },
};

const alice = mcpUser('alice', { ...ACME, role: 'Owner' });
const propelAuth = await McpPropelAuth.start();
const application = await startApplication(
  {
    imports: [PropelAuthModule.forRoot(propelAuth.moduleOptions)],
    controllers: [
      routeUnder('mcp', RequireMcpToken()),
      routeUnder('scope', RequireScope('write:reports')),
      routeUnder('role', RequireMcpToken(), RequireOrgRole('Owner')),
      routeUnder('user', RequireUser()),
    ],
    providers: [{ provide: APP_INTERCEPTOR, useValue: witness }],
  },
  (app) => {
    // Of Fastify, too, this is the request of Node.js.
    app.use((request: NodeRequest, response: NodeJS.EventEmitter, next: () => void) => {
      prepare(request);
      response.once('finish', () => seen.push(request.auth));
      next();
    });
  },
);

beforeEach(() => {
  seen.length = 0;
  prepare = () => {};
});

async function statusOf(path: string, token: string): Promise<number> {
  const call = supertest(application.url).get(path).auth(token, { type: 'bearer' });
  return (await call).status;
}

describe('request.auth, which the MCP SDK reads', () => {
  it.each(['/mcp', '/role'])(
    'is the AuthInfo of the caller without the token: %s',
    async (path) => {
      const token = propelAuth.token(alice, ['read:reports'], { exp: 4_000_000_000 });
      expect(await statusOf(path, token)).toBe(200);
      expect(seen[0]).toEqual({
        token: '',
        clientId: CLIENT_ID,
        scopes: ['read:reports'],
        expiresAt: 4_000_000_000,
        resource: new URL(RESOURCE),
        extra: { userId: alice.userId, orgId: ACME_ID },
      });
      expect((seen[0] as { resource: unknown }).resource).toBeInstanceOf(URL);
    },
  );

  it('has no organization if the token has none', async () => {
    const token = propelAuth.token(alice, [], { org_id: undefined });
    expect(await statusOf('/mcp', token)).toBe(200);
    expect((seen[0] as { extra: object }).extra).toEqual({ userId: alice.userId });
  });

  it('is a copy, so that a tool that changes it does not affect later decisions', async () => {
    const token = propelAuth.token(alice, ['read:reports']);
    await statusOf('/mcp', token);
    (seen[0] as { scopes: string[] }).scopes.push('write:reports');
    expect(await statusOf('/scope', token)).toBe(403);
    expect(await statusOf('/mcp', token)).toBe(200);
    expect(seen.at(-1)).toMatchObject({ scopes: ['read:reports'] });
  });

  it.each<[string, PropertyDescriptor]>([
    ['a property', { value: HOSTILE, configurable: true, writable: true, enumerable: true }],
    ['a read-only property', { value: HOSTILE, configurable: true }],
    ['a getter', { get: () => HOSTILE, configurable: true }],
  ])('replaces %s that another library has set', async (_what, descriptor) => {
    prepare = (request) => void Object.defineProperty(request, 'auth', descriptor);
    expect(await statusOf('/mcp', propelAuth.token(alice))).toBe(200);
    expect(seen[0]).toMatchObject({ token: '', extra: { userId: alice.userId } });
  });

  it('ends the call if it cannot replace the existing value', async () => {
    prepare = (request) => void Object.defineProperty(request, 'auth', { value: HOSTILE });
    expect(await statusOf('/mcp', propelAuth.token(alice))).toBe(500);
    // That of the response alone: the handler did not run.
    expect(seen).toEqual([HOSTILE]);
  });

  it.each<[string, string, number, Record<string, unknown>]>([
    ['without the scope', '/scope', 403, { scope: 'read:reports' }],
    ['without the organization', '/role', 403, { org_id: undefined }],
    ['of a token for another resource', '/mcp', 401, { aud: 'https://other.example.com/mcp' }],
    ['of a token that is not active', '/mcp', 401, { active: false }],
    ['of an MCP client on a route for users', '/user', 401, {}],
  ])('is not set on a rejected call %s', async (_what, path, status, claims) => {
    expect(await statusOf(path, propelAuth.token(alice, [], claims))).toBe(status);
    expect(seen).toEqual([undefined]);
  });

  it('is unchanged on routes for users', async () => {
    prepare = (request) => void (request.auth = HOSTILE);
    expect(await statusOf('/user', await issuer.accessToken(alice))).toBe(200);
    expect(seen[0]).toBe(HOSTILE);
  });
});
