import { Controller, Post } from '@nestjs/common';
import {
  CurrentOrg,
  CurrentUser,
  orgFromHeader,
  orgFromParam,
  PropelAuthModule,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type McpToken,
} from 'nestjs-propelauth';
import { CurrentMcpToken, mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import supertest from 'supertest';
import { beforeTests, startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { CLIENT_ID, mcp, METADATA_URL, SCOPES } from '../support/mcp-options.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../support/project.js';

const propelAuth = await McpPropelAuth.start();
const bob = mcpUser('bob', { ...ACME, role: 'Admin' });
const carol = mcpUser('carol', { ...ACME, role: 'Member' });
const dave = mcpUser('dave');
const eve = mcpUser('eve', { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Owner' });

@Controller('mcp')
@RequireMcpToken()
class McpController {
  @Post()
  token(@CurrentMcpToken() token: McpToken, @CurrentMcpToken('userId') userId: string) {
    return { token, userId, isFrozen: Object.isFrozen(token) && Object.isFrozen(token.scopes) };
  }

  @Post('read')
  @RequireScope('read:reports')
  read(@CurrentMcpToken('scopes') scopes: readonly string[]) {
    return { scopes };
  }

  @Post('write')
  @RequireMcpToken({ scopes: ['read:reports'] })
  @RequireScope('write:reports')
  write() {}

  @Post('me')
  me(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Post('member')
  @RequireScope('read:reports')
  @RequireOrgMember()
  member(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Post('admin')
  @RequireOrgRole('Admin')
  admin(@CurrentOrg() { orgId, assignedRole }: { orgId: string; assignedRole: string }) {
    return { orgId, assignedRole };
  }

  @Post('billing')
  @RequirePermission('can_view_billing')
  billing() {}

  @Post('orgs/:orgId')
  @RequireOrgMember({ org: orgFromParam() })
  orgInPath(@CurrentOrg('orgId') orgId: string) {
    return { orgId };
  }

  @Post('user')
  @RequireUser()
  user() {}
}

/** A class whose organization rule looks at the token, and a method whose rule looks elsewhere. */
@Controller('in-header')
@RequireMcpToken()
@RequireOrgMember()
class OrgInHeaderController {
  @Post()
  @RequireOrgRole('Member', { org: orgFromHeader('x-org-id') })
  handle() {}
}

const start = (options: object = {}) => {
  const module = { ...propelAuth.moduleOptions, debugMode: true, ...options };
  return startApplication({
    imports: [PropelAuthModule.forRoot(module)],
    controllers: [McpController, OrgInHeaderController],
  });
};

const application = await start();
beforeEach(() => propelAuth.reset());

/** A call with a token, which may be `undefined` for none. */
function call(path: string, token?: string, headers: Record<string, string> = {}) {
  return supertest(application.url)
    .post(path)
    .set({ ...headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) });
}

/** A user, and the scopes and claims of a token for them. */
type Issued = Parameters<McpPropelAuth['token']>;

const textOf = (token: Issued | string | undefined) =>
  Array.isArray(token) ? propelAuth.token(...token) : token;

const challengeOf = (parameters: string) =>
  `Bearer ${parameters}resource_metadata="${METADATA_URL}"`;

describe('A call with an MCP token', () => {
  it('gets what PropelAuth returns about the token, frozen and without its raw value', async () => {
    const token = propelAuth.token(eve, ['read:reports'], { exp: 4_000_000_000 });
    const { body } = await call('/mcp', token).expect(201);
    expect(body).toEqual({
      token: {
        userId: eve.userId,
        clientId: CLIENT_ID,
        scopes: ['read:reports'],
        orgId: ACME_ID,
        expiresAt: 4_000_000_000,
      },
      userId: eve.userId,
      isFrozen: true,
    });
    expect([propelAuth.asked, propelAuth.askedUsers]).toEqual([[token], []]);
  });

  it.each<[string, string, Issued, object, object?]>([
    ['@CurrentUser()', '/mcp/me', [eve], { userId: eve.userId }],
    [
      'all scopes, and others',
      '/mcp/read',
      [eve, ['write:reports', 'other', 'read:reports']],
      { scopes: ['write:reports', 'other', 'read:reports'] },
    ],
    ['all scopes of both decorators', '/mcp/write', [eve, ['write:reports', 'read:reports']], {}],
    ['a membership', '/mcp/member', [carol], { orgId: ACME_ID }],
    ['a role', '/mcp/admin', [bob], { orgId: ACME_ID, assignedRole: 'Admin' }],
    [
      'the organization of the token in the path',
      `/mcp/orgs/${ACME_ID}`,
      [eve],
      { orgId: ACME_ID },
    ],
    [
      'the organization of the token in a header, too',
      '/in-header',
      [eve],
      {},
      { 'x-org-id': ACME_ID },
    ],
    [
      'an API key beside it, which a gateway may have added',
      '/mcp/me',
      [eve],
      { userId: eve.userId },
      { 'x-api-key': 'key-of-a-gateway' },
    ],
  ])('is allowed with %s', async (_what, path, token, expected, headers = {}) => {
    const response = await call(path, textOf(token), { ...headers }).expect(201);
    expect(response.body).toEqual(expected);
    expect(propelAuth.askedKeys).toEqual([]);
  });

  it.each<[string, string, string, Issued, object?]>([
    ['no organization', '/mcp/member', 'org_missing', [eve, SCOPES, { org_id: undefined }]],
    ['a user without organizations', '/mcp/admin', 'org_missing', [dave]],
    [
      'a lower role, whatever the token says',
      '/mcp/admin',
      'role_missing',
      [carol, SCOPES, { org_role: 'Owner' }],
    ],
    ['no permission', '/mcp/billing', 'permission_missing', [carol]],
    ['another organization in the path', `/mcp/orgs/${GLOBEX_ID}`, 'not_a_member', [eve]],
    [
      'another organization in a header',
      '/in-header',
      'not_a_member',
      [eve],
      { 'x-org-id': GLOBEX_ID },
    ],
    ['no organization in a header', '/in-header', 'org_missing', [eve]],
  ])(
    'is rejected without a challenge with %s',
    async (_what, path, reason, token, headers = {}) => {
      const answer = await call(path, textOf(token), { ...headers }).expect(403);
      expect(answer.body).toMatchObject({ reason });
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      expect(answer.headers).not.toHaveProperty('access-control-expose-headers');
    },
  );

  it('is not allowed on handlers for users, whose callers need their access token', async () => {
    const ofUser = await issuer.accessToken(eve);
    expect((await call('/mcp/user', ofUser)).status).toBe(201);
    const { headers } = await call('/mcp/user', propelAuth.token(eve)).expect(401);
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(headers).not.toHaveProperty('access-control-expose-headers');
    expect(propelAuth.asked).toEqual([]);
  });

  it('is rejected for its scope before PropelAuth is asked about the user', async () => {
    await call('/mcp/member', propelAuth.token(eve, ['write:reports'])).expect(403);
    expect(propelAuth.askedUsers).toEqual([]);
  });
});

describe('A call without an acceptable MCP token', () => {
  it.each<[string, string, string, Issued | string | undefined, string]>([
    ['no token', '/mcp', 'mcp_token_missing', undefined, ''],
    ['no token', '/mcp/read', 'mcp_token_missing', undefined, 'scope="read:reports", '],
    ['an empty token', '/mcp', 'token_malformed', '', 'error="invalid_token", '],
    [
      'an unknown token',
      '/mcp/read',
      'mcp_token_invalid',
      'unknown',
      'error="invalid_token", scope="read:reports", ',
    ],
    [
      'a token for another resource',
      '/mcp/read',
      'mcp_audience_mismatch',
      [eve, [], { aud: 'https://other.example.com/mcp' }],
      'error="invalid_token", scope="read:reports", ',
    ],
    [
      'a token for an organization that the user is not in',
      '/mcp/admin',
      'token_revoked',
      [dave, SCOPES, { org_id: ACME_ID }],
      'error="invalid_token", ',
    ],
  ])('gets a challenge: %s for %s', async (_what, path, reason, token, parameters) => {
    const { headers, body } = await call(path, textOf(token)).expect(401);
    expect(body).toMatchObject({ statusCode: 401, error: 'Unauthorized', reason });
    expect(headers['www-authenticate']).toBe(challengeOf(parameters));
  });

  it('gets no token from the tokenSource option or the query', async () => {
    const token = propelAuth.token(eve);
    const { url } = await start({ tokenSource: () => token });
    const statuses = [];
    for (const path of ['/mcp', `/mcp?access_token=${token}`]) {
      statuses.push((await supertest(url).post(path)).status);
    }
    expect([statuses, propelAuth.asked]).toEqual([[401, 401], []]);
  });

  it.each<[string, Issued | undefined, object]>([
    ['no token', undefined, { message: 'Unauthorized', statusCode: 401, code: 'token_missing' }],
    ['no scope', [eve, []], { message: 'Forbidden', statusCode: 403, code: 'scope_missing' }],
  ])('gets only the status and the code without debugMode: %s', async (_what, token, expected) => {
    const { url } = await start({ debugMode: false });
    const sent = textOf(token);
    const headers = sent === undefined ? {} : { Authorization: `Bearer ${sent}` };
    const { body } = await supertest(url).post('/mcp/read').set(headers);
    expect(body).toEqual(expected);
  });
});

describe('A call without a scope', () => {
  const BOTH = 'write:reports read:reports';

  it.each<[string, string, string[], string]>([
    ['none', '/mcp/write', [], BOTH],
    ['one of two', '/mcp/write', ['read:reports'], BOTH],
    ['the other of two', '/mcp/write', ['write:reports'], BOTH],
    ['one in another case', '/mcp/write', ['Read:Reports', 'write:reports'], BOTH],
    ['one with the same prefix', '/mcp/write', ['read:reports:all', 'write:reports'], BOTH],
    ['what would end the header', '/mcp/read', ['from"token', 'from\\token'], 'read:reports'],
  ])(
    'gets all that the call needs, and none of its own: %s',
    async (_what, path, scopes, needed) => {
      const { body, headers } = await call(path, propelAuth.token(eve, scopes)).expect(403);
      expect(body).toMatchObject({ reason: 'scope_missing' });
      const parameters = `error="insufficient_scope", scope="${needed}", `;
      expect(headers['www-authenticate']).toBe(challengeOf(parameters));
    },
  );
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
    const module = PropelAuthModule.forRoot({ ...propelAuth.moduleOptions, plugins });
    return startApplication({ imports: [module], controllers: [McpController, EitherController] });
  });

  const callWith = (path: string, scopes: string[]) =>
    supertest(included.url).post(path).auth(propelAuth.token(eve, scopes), { type: 'bearer' });

  it.each([
    ['/mcp/read', ['write:reports']],
    ['/mcp/read', ['admin']],
    ['/mcp/write', ['write:reports']],
    ['/mcp/write', ['other', 'admin']],
    ['/either', ['pay']],
    ['/either', ['admin']],
  ])('are enough for %s: %j', async (path, scopes) => {
    expect((await callWith(path, scopes)).status).toBe(201);
  });

  it('leave the token as it is', async () => {
    const { body } = await callWith('/either', ['admin', 'other']);
    expect(body).toEqual({ scopes: ['admin', 'other'] });
  });

  it.each([
    ['a narrower one', '/mcp/write', ['read:reports'], 'write:reports read:reports'],
    ['another one', '/mcp/read', ['pay'], 'read:reports'],
    ['another of alternatives', '/either', ['read:reports'], 'pay'],
    ['one in another case', '/mcp/read', ['Admin'], 'read:reports'],
    ['names that objects inherit', '/mcp/read', ['__proto__', 'constructor'], 'read:reports'],
  ])('are named only if the rules need them: %s', async (_what, path, scopes, needed) => {
    const { headers } = await callWith(path, scopes).expect(403);
    const parameters = `error="insufficient_scope", scope="${needed}", `;
    expect(headers['www-authenticate']).toBe(challengeOf(parameters));
  });

  it.each([
    ['/mcp', 'read:reports'],
    ['/mcp/write', 'read:reports write:reports'],
    ['/either', 'read:reports pay'],
  ])('are named in a 401 after initialScopes: %s', async (path, first) => {
    const { headers } = await supertest(included.url).post(path).expect(401);
    expect(headers['www-authenticate']).toBe(challengeOf(`scope="${first}", `));
  });
});
