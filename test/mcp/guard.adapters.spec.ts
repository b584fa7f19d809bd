import { Controller, Post, type INestApplication, type Type } from '@nestjs/common';
import { PropelAuthModule, type AccessDecisionEvent, type TokenSource } from 'nestjs-propelauth';
import { CurrentMcpToken, mcpServer, RequireScope } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { beforeTests, startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../support/project.js';
import { sendRaw } from '../support/send-raw.js';
import { McpController, McpInHeaderController } from './mcp.controllers.js';
import { CLIENT_ID, INTROSPECTION, mcp, METADATA_URL, RESOURCE } from '../support/mcp-options.js';

const events: AccessDecisionEvent[] = [];
const propelAuth = await McpPropelAuth.start();
const alice = mcpUser('alice', { ...ACME, role: 'Owner' });
const bob = mcpUser('bob', { ...ACME, role: 'Admin' });
const carol = mcpUser('carol', { ...ACME, role: 'Member' });
const dave = mcpUser('dave');
const METADATA = `resource_metadata="${METADATA_URL}"`;

function start(
  options: object = {},
  prepare?: (app: INestApplication) => void,
  controllers: Type[] = [],
) {
  return startApplication(
    {
      imports: [
        PropelAuthModule.forRoot({
          ...propelAuth.moduleOptions,
          debugMode: true,
          onDecision: (event) => events.push(event),
          ...options,
        }),
      ],
      controllers: [McpController, McpInHeaderController, ...controllers],
    },
    prepare,
  );
}

const application = await start();

/** A call with a token, which may be `undefined` for none. */
function call(path: string, token?: string, headers: Record<string, string> = {}) {
  return supertest(application.url)
    .post(path)
    .set({ ...headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) });
}

beforeEach(() => {
  propelAuth.reset();
  events.length = 0;
});

describe('@RequireMcpToken()', () => {
  it('accepts an active token, and injects what PropelAuth returns about it', async () => {
    const token = propelAuth.token(alice, ['read:reports'], { exp: 4_000_000_000 });
    const { body } = await call('/mcp', token).expect(201);
    expect(body).toEqual({
      token: {
        userId: alice.userId,
        clientId: CLIENT_ID,
        scopes: ['read:reports'],
        orgId: ACME_ID,
        expiresAt: 4_000_000_000,
      },
      userId: alice.userId,
      isFrozen: true,
    });
    expect(JSON.stringify(body)).not.toContain(token);
    expect(propelAuth.asked).toEqual([token]);
    expect(propelAuth.askedUsers).toEqual([]);
  });

  it.each<[string, string, () => Promise<Record<string, string>> | Record<string, string>]>([
    ['no credential', 'mcp_token_missing', () => ({})],
    ['another scheme', 'mcp_token_missing', () => ({ Authorization: 'Basic dXNlcjpwYXNz' })],
    ['an API key', 'mcp_token_missing', () => ({ 'X-API-Key': 'key' })],
    ['Bearer alone', 'token_malformed', () => ({ Authorization: 'Bearer' })],
    ['an unknown token', 'mcp_token_invalid', () => ({ Authorization: 'Bearer unknown' })],
    [
      'the access token of a user',
      'mcp_token_invalid',
      async () => ({ Authorization: await issuer.authorization(alice) }),
    ],
    [
      'a token for another resource',
      'mcp_audience_mismatch',
      () => ({
        Authorization: `Bearer ${propelAuth.token(alice, [], { aud: 'https://other.example.com/mcp' })}`,
      }),
    ],
    [
      'a refresh token',
      'mcp_token_invalid',
      () => ({
        Authorization: `Bearer ${propelAuth.token(alice, [], { token_type: 'refresh_token' })}`,
      }),
    ],
  ])('returns 401 for %s: %s', async (_what, reason, headers) => {
    const response = await call('/mcp/reports', undefined, await headers()).expect(401);
    expect(response.body).toMatchObject({ statusCode: 401, error: 'Unauthorized', reason });
    const error = reason === 'mcp_token_missing' ? '' : 'error="invalid_token", ';
    expect(response.headers['www-authenticate']).toBe(
      `Bearer ${error}scope="read:reports", ${METADATA}`,
    );
  });

  it('returns 401 for two Authorization headers, and introspects neither', async () => {
    const tokens = [propelAuth.token(alice), propelAuth.token(bob)];
    const head = [
      'POST /mcp HTTP/1.1',
      'Host: localhost',
      'Content-Length: 0',
      ...tokens.map((token) => `Authorization: Bearer ${token}`),
      'Connection: close',
    ];
    const { status, text } = await sendRaw(application.url, `${head.join('\r\n')}\r\n\r\n`);
    expect(status).toBe(401);
    expect(text).toContain('token_malformed');
    expect(text).toMatch(/^www-authenticate: Bearer error="invalid_token", resource_metadata/im);
    expect(propelAuth.asked).toEqual([]);
  });

  it('ignores an API key next to the token, which a gateway may have added', async () => {
    const headers = { 'X-API-Key': 'key-of-a-gateway' };
    expect((await call('/mcp', propelAuth.token(alice), headers)).status).toBe(201);
    expect(propelAuth.askedKeys).toEqual([]);
  });

  it('omits the scope from the challenge if the call needs none', async () => {
    const { headers } = await call('/mcp').expect(401);
    expect(headers['www-authenticate']).toBe(`Bearer ${METADATA}`);
  });

  it('separates its handlers from those for users', async () => {
    const url = `${application.url}/mcp/user`;
    const ofUser = await issuer.accessToken(alice);
    await supertest(url).get('').auth(ofUser, { type: 'bearer' }).expect(200);
    const ofClient = await supertest(url).get('').auth(propelAuth.token(alice), { type: 'bearer' });
    expect(ofClient.status).toBe(401);
    expect(ofClient.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(ofClient.headers).not.toHaveProperty('access-control-expose-headers');
    expect(propelAuth.asked).toEqual([]);
  });

  it('reads the token from nowhere else, whatever the tokenSource option says', async () => {
    const token = propelAuth.token(alice);
    const tokenSource: TokenSource = () => token;
    const { url } = await start({ tokenSource });
    await supertest(url).post('/mcp').expect(401);
    await supertest(url).post(`/mcp?access_token=${token}`).expect(401);
    expect(propelAuth.asked).toEqual([]);
  });

  it('returns only the status and the code without debugMode', async () => {
    const { url } = await start({ debugMode: false });
    await supertest(url).post('/mcp').expect(401, {
      message: 'Unauthorized',
      statusCode: 401,
      code: 'token_missing',
    });
    const response = await supertest(url)
      .post('/mcp/reports')
      .auth(propelAuth.token(alice, []), { type: 'bearer' });
    expect(response.body).toEqual({
      message: 'Forbidden',
      statusCode: 403,
      code: 'scope_missing',
    });
    expect(response.headers['www-authenticate']).toContain('insufficient_scope');
  });

  it.each([
    ['429', { status: 429, headers: { 'retry-after': '7' } }, '7'],
    ['500', { status: 500 }, undefined],
    ['a page', { status: 200, body: '<html>' }, undefined],
    ['401', { status: 401 }, undefined],
  ])(
    'returns 503 without a challenge while PropelAuth returns %s',
    async (_what, failure, wait) => {
      propelAuth.failure = failure;
      const { headers, body } = await call('/mcp', propelAuth.token(alice)).expect(503);
      expect(body).toMatchObject({ reason: 'propelauth_unavailable' });
      expect(headers).not.toHaveProperty('www-authenticate');
      expect(headers).not.toHaveProperty('access-control-expose-headers');
      // Some failures have a wait of their own.
      expect(headers['retry-after']).toBe(wait ?? headers['retry-after']);
    },
  );

  it('authenticates to PropelAuth as its introspection client, and sends the token nowhere else', async () => {
    await call('/mcp/member', propelAuth.token(alice)).expect(201);
    const { clientId, clientSecret } = INTROSPECTION;
    expect(propelAuth.headers[0]?.authorization).toBe(
      `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    );
    expect(propelAuth.headers).toHaveLength(1);
  });
});

describe('@RequireScope()', () => {
  it('accepts a token with all scopes, whatever others it has', async () => {
    const scopes = ['write:reports', 'other', 'read:reports'];
    expect((await call('/mcp/reports/new', propelAuth.token(alice, scopes))).status).toBe(201);
    const { body } = await call('/mcp/reports', propelAuth.token(alice, scopes)).expect(201);
    expect(body).toEqual({ clientId: CLIENT_ID });
  });

  it.each([
    ['none', []],
    ['one of two', ['read:reports']],
    ['the other of two', ['write:reports']],
    ['one in another case', ['Read:Reports', 'write:reports']],
    ['one with the same prefix', ['read:reports:all', 'write:reports']],
  ])(
    'returns 403 with every scope that the call needs for a token with %s',
    async (_what, scopes) => {
      const response = await call('/mcp/reports/new', propelAuth.token(alice, scopes)).expect(403);
      expect(response.body).toMatchObject({ reason: 'scope_missing' });
      expect(response.headers['www-authenticate']).toMatch(
        new RegExp(
          String.raw`^Bearer error="insufficient_scope", scope="(read:reports write:reports|write:reports read:reports)", ${METADATA.replaceAll('.', String.raw`\.`)}$`,
        ),
      );
    },
  );

  it('is checked before the user is requested from PropelAuth', async () => {
    await call('/mcp/member', propelAuth.token(alice, ['write:reports'])).expect(403);
    expect(propelAuth.askedUsers).toEqual([]);
  });

  it('puts nothing from the token into the challenge', async () => {
    const scopes = ['from"token', 'from\\token', 'from-token'];
    const token = propelAuth.token(alice, [], { scope: scopes.join(' '), aud: RESOURCE });
    const { status, headers } = await call('/mcp/reports', token);
    expect([401, 403, 503]).toContain(status);
    expect(headers['www-authenticate'] ?? '').not.toContain('from');
  });
});

describe('Scopes that include others', () => {
  @Controller('either')
  class EitherController {
    @Post()
    @RequireScope({ anyOf: ['pay', 'write:reports'] })
    either(@CurrentMcpToken('scopes') scopes: readonly string[]) {
      return { scopes };
    }
  }

  const included = beforeTests(() => {
    const scopes = {
      admin: ['write:reports', 'pay'],
      'write:reports': ['read:reports'],
      'read:reports': [],
      pay: [],
    };
    const plugins = [mcpServer({ ...mcp, scopes, initialScopes: ['read:reports'] })];
    return start({ plugins }, undefined, [EitherController]);
  });

  const callWith = (path: string, scopes?: readonly string[]) => {
    const sent = supertest(included.url).post(path);
    return scopes === undefined
      ? sent
      : sent.set('Authorization', `Bearer ${propelAuth.token(alice, [...scopes])}`);
  };

  it.each([
    ['/mcp/reports', ['write:reports']],
    ['/mcp/reports', ['admin']],
    ['/mcp/reports/new', ['write:reports']],
    ['/mcp/reports/new', ['other', 'admin']],
    ['/either', ['pay']],
    ['/either', ['admin']],
  ])('are enough for %s: %j', async (path, scopes) => {
    expect((await callWith(path, scopes)).status).toBe(201);
  });

  it.each<[string, string, readonly string[] | undefined, string]>([
    ['a narrower one', '/mcp/reports/new', ['read:reports'], 'write:reports read:reports'],
    ['another one', '/mcp/reports', ['pay'], 'read:reports'],
    ['another of alternatives', '/either', ['read:reports'], 'pay'],
    ['one in another case', '/mcp/reports', ['Admin'], 'read:reports'],
    [
      'names of properties of objects',
      '/mcp/reports',
      ['__proto__', 'constructor'],
      'read:reports',
    ],
  ])('are named only if the rules need them: %s', async (_what, path, scopes, needed) => {
    const { headers } = await callWith(path, scopes).expect(403);
    expect(headers['www-authenticate']).toBe(
      `Bearer error="insufficient_scope", scope="${needed}", ${METADATA}`,
    );
  });

  it.each([
    ['/mcp', 'read:reports'],
    ['/mcp/reports/new', 'read:reports write:reports'],
    ['/either', 'read:reports pay'],
  ])('are named in a 401 after initialScopes: %s', async (path, first) => {
    const { headers } = await callWith(path).expect(401);
    expect(headers['www-authenticate']).toBe(`Bearer scope="${first}", ${METADATA}`);
  });

  it('leave the token as it is', async () => {
    const { body } = await callWith('/either', ['admin', 'other']).expect(201);
    expect(body).toEqual({ scopes: ['admin', 'other'] });
  });
});

describe('Organization rules for MCP clients', () => {
  const eve = mcpUser('eve', { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Owner' });

  it('apply to the organization of the token, whatever the path says', async () => {
    const ofMember = await call('/mcp/member', propelAuth.token(carol)).expect(201);
    expect(ofMember.body).toEqual({ orgId: ACME_ID });
    const ofAdmin = await call('/mcp/admin', propelAuth.token(bob)).expect(201);
    expect(ofAdmin.body).toEqual({ orgId: ACME_ID, assignedRole: 'Admin' });
  });

  it.each<[string, string, () => string, string]>([
    [
      'a token for no organization',
      '/mcp/member',
      () => propelAuth.token(alice, undefined, { org_id: undefined }),
      'org_missing',
    ],
    ['a user without organizations', '/mcp/admin', () => propelAuth.token(dave), 'org_missing'],
    [
      'a member without the role, whatever the token says',
      '/mcp/admin',
      () => propelAuth.token(carol, undefined, { org_role: 'Owner' }),
      'role_missing',
    ],
    [
      'a member without the permission',
      '/mcp/billing',
      () => propelAuth.token(carol),
      'permission_missing',
    ],
    [
      'another organization of the user in the path',
      `/mcp/orgs/${GLOBEX_ID}`,
      () => propelAuth.token(eve),
      'not_a_member',
    ],
  ])('return 403 without a challenge for %s', async (_what, path, token, reason) => {
    const { body, headers } = await call(path, token()).expect(403);
    expect(body).toMatchObject({ reason });
    expect(headers).not.toHaveProperty('www-authenticate');
    expect(headers).not.toHaveProperty('access-control-expose-headers');
  });

  it('read the source that a decorator names, which must have the organization of the token', async () => {
    const token = propelAuth.token(eve);
    await call(`/mcp/orgs/${ACME_ID}`, token).expect(201, { orgId: ACME_ID });
    const inHeader = (orgId: string) => call('/mcp-in-header', token, { 'x-org-id': orgId });
    expect((await inHeader(ACME_ID)).status).toBe(201);
    expect((await inHeader(GLOBEX_ID)).status).toBe(403);
    expect((await call('/mcp-in-header', token)).status).toBe(403);
  });

  it.each([
    ['disabled', (user: typeof alice) => propelAuth.knows(user, { enabled: false })],
    ['deleted', (user: typeof alice) => propelAuth.forgets(user)],
    [
      'no longer in the organization of the token',
      (user: typeof alice) => propelAuth.knows({ ...user, orgs: [{ ...GLOBEX, role: 'Owner' }] }),
    ],
  ])('return 401 for a user who is %s', async (what, change) => {
    const user = mcpUser(`${what}-one`, { ...ACME, role: 'Owner' });
    const token = propelAuth.token(user);
    change(user);
    const { body, headers } = await call('/mcp/admin', token).expect(401);
    expect(body).toMatchObject({ reason: 'token_revoked' });
    expect(headers['www-authenticate']).toBe(`Bearer error="invalid_token", ${METADATA}`);
  });

  it('request no user if no rule or parameter needs one', async () => {
    await call('/mcp', propelAuth.token(mcpUser('frank'))).expect(201);
    expect(propelAuth.askedUsers).toEqual([]);
  });
});

describe('@CurrentUser() of an MCP client', () => {
  it('is the current user in PropelAuth, in the organization of the token only', async () => {
    const user = mcpUser('grace', { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Owner' });
    const { body } = await call('/mcp/me', propelAuth.token(user)).expect(201);
    expect(body).toEqual({ userId: user.userId, orgIds: [ACME_ID] });
    expect(propelAuth.askedUsers).toEqual([user.userId]);
  });

  it('has no organization if the token has none', async () => {
    const user = mcpUser('heidi', { ...ACME, role: 'Owner' });
    const token = propelAuth.token(user, undefined, { org_id: undefined });
    const { body } = await call('/mcp/me', token).expect(201);
    expect(body).toEqual({ userId: user.userId, orgIds: [] });
  });
});

describe('onDecision', () => {
  const route = { controller: 'McpController', method: 'POST' };

  it.each<[string, string, () => string | undefined, object]>([
    [
      'an allowed call',
      '/mcp/reports',
      () => propelAuth.token(alice),
      { allowed: true, userId: alice.userId, orgId: ACME_ID },
    ],
    [
      'a call without the scope',
      '/mcp/reports',
      () => propelAuth.token(dave, []),
      { allowed: false, reason: 'scope_missing', userId: dave.userId },
    ],
    [
      'a call of a member without the role',
      '/mcp/admin',
      () => propelAuth.token(carol),
      { allowed: false, reason: 'role_missing', userId: carol.userId, orgId: ACME_ID },
    ],
    [
      'an unauthenticated call',
      '/mcp',
      () => undefined,
      { allowed: false, reason: 'mcp_token_missing' },
    ],
    ['an unknown token', '/mcp', () => 'unknown', { allowed: false, reason: 'mcp_token_invalid' }],
  ])('is called for %s, without the token', async (_what, path, token, expected) => {
    const text = token();
    await call(path, text);
    const known = 'userId' in expected && { credential: 'mcp-token', clientId: CLIENT_ID };
    expect(events).toMatchObject([{ ...expected, ...known, route, address: '127.0.0.1' }]);
    expect(JSON.stringify(events)).not.toContain('must-never-be-seen');
  });
});
