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
import { issuer, type PropelAuthOptions } from '../support/guarded-application.js';
import { CLIENT_ID, mcp, METADATA_URL, SCOPES } from '../support/mcp-options.js';
import { McpPropelAuth, mcpUser } from '../support/mcp.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID } from '../support/project.js';

const propelAuth = await McpPropelAuth.start();
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

@Controller('either')
class EitherController {
  @Post()
  @RequireScope({ anyOf: ['pay', 'write:reports'] })
  either(@CurrentMcpToken('scopes') scopes: readonly string[]) {
    return { scopes };
  }
}

const start = (options: Partial<PropelAuthOptions> = {}) => {
  const plugins = [mcpServer({ ...mcp, scopes: [...SCOPES, 'pay'] })];
  const all = { ...propelAuth.moduleOptions, debugMode: true, plugins, ...options };
  return startApplication({
    imports: [PropelAuthModule.forRoot(all)],
    controllers: [McpController, OrgInHeaderController, EitherController],
  });
};

const application = await start();
beforeEach(() => propelAuth.reset());

/** A user, and the scopes and claims of a token for them. */
type Issued = Parameters<McpPropelAuth['token']>;
/** A token, its text, or none. */
type Token = Issued | string | undefined;

async function call(url: string, path: string, token: Token, headers: Record<string, string> = {}) {
  const text = Array.isArray(token) ? propelAuth.token(...token) : token;
  const credential = text === undefined ? {} : { authorization: `Bearer ${text}` };
  return supertest(url)
    .post(path)
    .set({ ...headers, ...credential });
}

/** What a call gets: the body, or `403 role_missing`, and behind that the challenge up to the address of the metadata. */
async function outcomeOf(...sent: Parameters<typeof call>): Promise<unknown> {
  const { status, body, headers } = await call(...sent);
  const { 'www-authenticate': challenge } = headers;
  expect('access-control-expose-headers' in headers).toBe(challenge !== undefined);
  if (status === 201) return body as unknown;
  const { reason } = body as { reason: string };
  return [status, reason, challenge?.replace(`resource_metadata="${METADATA_URL}"`, '...')]
    .filter((part) => part !== undefined)
    .join(' ');
}

const MISSING = '401 mcp_token_missing Bearer';
const INVALID = 'Bearer error="invalid_token",';
const STEP_UP = '403 scope_missing Bearer error="insufficient_scope",';
const BOTH = `${STEP_UP} scope="write:reports read:reports", ...`;

describe('A call to an MCP server', () => {
  const all = ['write:reports', 'other', 'read:reports'];
  const intoAcme = { 'x-org-id': ACME_ID };
  const intoGlobex = { 'x-org-id': GLOBEX_ID };
  const acme = `/mcp/orgs/${ACME_ID}`;

  it.each<[what: string, path: string, Token, outcome: unknown, headers?: Record<string, string>]>([
    ['a token, with @CurrentUser()', '/mcp/me', [eve], { userId: eve.userId }],
    ['all scopes, and others', '/mcp/read', [eve, all], { scopes: all }],
    ['all scopes of both decorators', '/mcp/write', [eve, all], {}],
    ['the organization of the token in the path', acme, [eve], { orgId: ACME_ID }],
    ['the organization of the token in a header', '/in-header', [eve], {}, intoAcme],
    // As a gateway may add one.
    ['an API key beside it', '/mcp/me', [eve], { userId: eve.userId }, { 'x-api-key': 'key' }],

    ['a user without organizations', '/mcp/admin', [dave], '403 org_missing'],
    ['a lower role', '/mcp/admin', [carol, SCOPES, { org_role: 'Owner' }], '403 role_missing'],
    ['no permission', '/mcp/billing', [carol], '403 permission_missing'],
    ['another organization', `/mcp/orgs/${GLOBEX_ID}`, [eve], '403 not_a_member'],
    ['another organization in a header', '/in-header', [eve], '403 not_a_member', intoGlobex],
    ['no organization in a header', '/in-header', [eve], '403 org_missing'],

    ['an empty token', '/mcp', '', `401 token_malformed ${INVALID} ...`],
    [
      'a token for an organization that the user is not in',
      '/mcp/admin',
      [dave, SCOPES, { org_id: ACME_ID }],
      `401 token_revoked ${INVALID} ...`,
    ],

    ['one of two', '/mcp/write', [eve, ['read:reports']], BOTH],
    ['the other of two', '/mcp/write', [eve, ['write:reports']], BOTH],
    ['one in another case', '/mcp/write', [eve, ['Read:Reports', 'write:reports']], BOTH],
    ['one with its prefix', '/mcp/write', [eve, ['read:reports:all', 'write:reports']], BOTH],
    [
      'what would end the header',
      '/mcp/read',
      [eve, ['from"token', String.raw`from\token`]],
      `${STEP_UP} scope="read:reports", ...`,
    ],
  ])('has the right outcome with %s', async (_what, path, token, outcome, headers = {}) => {
    expect(await outcomeOf(application.url, path, token, headers)).toEqual(outcome);
    expect(propelAuth.askedKeys).toEqual([]);
  });

  it('gets what PropelAuth returns about the token, frozen and without its raw value', async () => {
    const token = propelAuth.token(eve, ['read:reports'], { exp: 4_000_000_000 });
    expect(await outcomeOf(application.url, '/mcp', token)).toEqual({
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

  it('is not allowed on handlers for users, whose callers need their access token', async () => {
    const ofUser = await issuer.accessToken(eve);
    expect((await call(application.url, '/mcp/user', ofUser)).status).toBe(201);
    const { status, headers } = await call(application.url, '/mcp/user', [eve]);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
    expect(headers).not.toHaveProperty('access-control-expose-headers');
    expect(propelAuth.asked).toEqual([]);
  });

  it('is rejected for its scope before PropelAuth is asked about the user', async () => {
    const { status } = await call(application.url, '/mcp/member', [eve, ['write:reports']]);
    expect([status, propelAuth.askedUsers]).toEqual([403, []]);
  });

  it('gets no token from the tokenSource option or the query', async () => {
    const token = propelAuth.token(eve);
    const { url } = await start({ tokenSource: () => token });
    for (const path of ['/mcp', `/mcp?access_token=${token}`]) {
      expect((await call(url, path, undefined)).status).toBe(401);
    }
    expect(propelAuth.asked).toEqual([]);
  });

  it('gets only the status and the code without debugMode', async () => {
    const { url } = await start({ debugMode: false });
    const bodyFor = async (token: Token) => (await call(url, '/mcp/read', token)).body as unknown;
    expect([await bodyFor(undefined), await bodyFor([eve, []])]).toEqual([
      { message: 'Unauthorized', statusCode: 401, code: 'token_missing' },
      { message: 'Forbidden', statusCode: 403, code: 'scope_missing' },
    ]);
  });
});

describe('Scopes that include others', () => {
  const included = beforeTests(() => {
    const scopes = {
      admin: ['write:reports', 'pay'],
      'write:reports': ['read:reports'],
      'read:reports': [],
      pay: [],
    };
    return start({ plugins: [mcpServer({ ...mcp, scopes, initialScopes: ['read:reports'] })] });
  });

  it.each<[path: string, ofToken: string[] | undefined, outcome: unknown]>([
    ['/mcp/read', ['write:reports'], { scopes: ['write:reports'] }],
    ['/mcp/read', ['admin'], { scopes: ['admin'] }],
    ['/mcp/write', ['write:reports'], {}],
    ['/mcp/write', ['other', 'admin'], {}],
    ['/either', ['pay'], { scopes: ['pay'] }],
    ['/either', ['admin', 'other'], { scopes: ['admin', 'other'] }],
    ['/mcp/write', ['read:reports'], BOTH],
    ['/mcp/read', ['pay'], `${STEP_UP} scope="read:reports", ...`],
    ['/either', ['read:reports'], `${STEP_UP} scope="pay", ...`],
    ['/mcp/read', ['Admin'], `${STEP_UP} scope="read:reports", ...`],
    ['/mcp/read', ['__proto__', 'constructor'], `${STEP_UP} scope="read:reports", ...`],
    // After initialScopes.
    ['/mcp', undefined, `${MISSING} scope="read:reports", ...`],
    ['/mcp/write', undefined, `${MISSING} scope="read:reports write:reports", ...`],
    ['/either', undefined, `${MISSING} scope="read:reports pay", ...`],
  ])('decide about %s with %j', async (path, ofToken, outcome) => {
    expect(await outcomeOf(included.url, path, ofToken && [eve, ofToken])).toEqual(outcome);
  });
});
