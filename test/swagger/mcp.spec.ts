import { Controller, Get, Post } from '@nestjs/common';
import { ApiSecurity, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import {
  describeAccess,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { startGuarded } from '../support/guarded-application.js';
import { classOf, routeUnder } from '../support/routes.js';

const mcpController = classOf('McpController', [Controller()], {
  mcp: [Post('mcp'), RequireMcpToken()],
  reports: [Post('reports'), RequireScope('read:reports')],
  user: [Get('user'), RequireUser()],
  otherGuard: [Post('other-guard'), ApiSecurity('of-the-proxy'), RequireScope('read:reports')],
});

const readReports = RequireMcpToken({ scopes: ['read:reports'] });
const adminController = classOf('AdminController', [Controller('admin'), readReports], {
  admin: [Post(), RequireOrgRole('Admin'), RequireScope('write:reports')],
  public: [Get(), Public()],
});

const issuer = await TestIssuer.create();
const application = await startApplication(
  {
    imports: [
      PropelAuthModule.forRoot({
        ...issuer.moduleOptions,
        debugMode: true,
        plugins: [
          mcpServer({
            resource: 'https://api.example.com/mcp',
            scopes: ['read:reports', 'write:reports'],
            introspection: issuer.introspection,
          }),
        ],
      }),
    ],
    controllers: [mcpController, adminController],
  },
  undefined,
  (builder) => overridePropelAuth(builder, { issuer }),
);
const config = new DocumentBuilder().setTitle('Test').setVersion('1').build();
const document = PropelAuthSwagger.createDocument(application.app, config);
const plainDocument = SwaggerModule.createDocument(application.app, config);

const operation = (path: string, of: OpenAPIObject = document) => of.paths[path]?.post;

/** The response that is described for a status. */
function responseOf(path: string, status: number) {
  const response = operation(path)?.responses[status];
  if (response === undefined || '$ref' in response) throw new Error(`There is no ${status}.`);
  const { headers, content, description } = response;
  const challenge = headers?.['WWW-Authenticate'] as { schema: { example: string } } | undefined;
  return {
    description,
    challenge: challenge?.schema.example,
    examples: content?.['application/json']?.examples as Record<string, { value: unknown }>,
  };
}

describe('Routes for MCP clients', () => {
  it.each([
    ['/mcp', [{ mcp: [] }]],
    ['/reports', [{ mcp: [] }]],
    ['/admin', [{ mcp: [] }]],
    ['/other-guard', [{ mcp: [], 'of-the-proxy': [] }]],
  ])('require an MCP token for %s in OpenAPI', (path, security) => {
    expect(operation(path)?.security).toEqual(security);
  });

  it('leave other routes as they are, and are marked for plain SwaggerModule', () => {
    expect(document.paths['/user']?.get?.security).toEqual([{ bearer: [] }]);
    expect(document.paths['/admin']?.get?.security).toEqual([]);
    for (const path of ['/mcp', '/reports']) {
      expect(operation(path, plainDocument)?.security).toEqual([{ mcp: [] }]);
    }
  });

  it('add a scheme that names the issuer and resource of the tokens, and the metadata', () => {
    const scheme = document.components?.securitySchemes?.['mcp'];
    expect(scheme).toMatchObject({ type: 'http', scheme: 'bearer' });
    const { description } = scheme as { description: string };
    expect(description).toContain('`https://auth.example.com/oauth/2.1`');
    expect(description).toContain('`https://api.example.com/mcp`');
    expect(description).toContain('`read:reports`, `write:reports`');
    expect(description).toContain(
      'https://api.example.com/.well-known/oauth-protected-resource/mcp',
    );
  });

  it.each([
    ['/mcp', 'Access: MCP client.', {}],
    [
      '/reports',
      'Access: MCP client, with scope read:reports.',
      { scope: { '*': ['read:reports'] } },
    ],
    [
      '/admin',
      'Access: MCP client: Admin and above of the org in token, with scope write:reports and read:reports.',
      {
        scope: { '*': ['write:reports', 'read:reports'] },
        org: {
          in: [{ from: 'token' }],
          requires: [{ type: 'role', role: 'Admin', exact: false }],
        },
      },
    ],
  ])('describe the rule of %s in words and in x-propelauth', (path, sentence, rules) => {
    const described = operation(path) as unknown as Record<string, unknown>;
    expect(described['description']).toBe(sentence);
    const callers = { mcp: 'any' };
    expect(described['x-propelauth']).toEqual({ access: 'required', callers, rules });
  });

  it('have the same description as in describeAccess()', () => {
    for (const { path, method, summary } of describeAccess(application.app)) {
      const { description } = document.paths[path!]?.[method!.toLowerCase() as 'get'] ?? {};
      expect(description).toBe(`Access: ${summary}.`);
    }
  });

  it.each([
    [
      '/mcp',
      ['401', '403', '503'],
      ['mcp_token_missing', 'mcp_token_invalid'],
      ['origin_not_allowed'],
    ],
    [
      '/admin',
      ['401', '403', '503'],
      ['mcp_token_missing', 'mcp_token_invalid'],
      ['scope_missing', 'org_missing', 'not_a_member', 'role_missing', 'origin_not_allowed'],
    ],
  ])('list the errors of %s', (path, statuses, unauthorized, forbidden) => {
    const all = Object.keys(operation(path)?.responses ?? {});
    expect(all.filter((status) => status >= '400')).toEqual(statuses);
    expect(Object.keys(responseOf(path, 401).examples)).toEqual(unauthorized);
    expect(Object.keys(responseOf(path, 403).examples)).toEqual(forbidden);
    expect(Object.keys(responseOf(path, 503).examples)).toEqual(['propelauth_unavailable']);
  });

  it.each<[path: string, status: 401 | 403, reason: string]>([
    ['/mcp', 401, 'mcp_token_missing'],
    ['/reports', 401, 'mcp_token_missing'],
    ['/admin', 401, 'mcp_token_missing'],
    ['/reports', 403, 'scope_missing'],
    ['/admin', 403, 'scope_missing'],
  ])(
    'use the challenge and body that %s returns as the example of %s: %s',
    async (path, status, reason) => {
      const call = request(application.url).post(path);
      const withoutScope = () => call.auth(issuer.mcpToken({}), { type: 'bearer' });
      const response = await (status === 401 ? call : withoutScope());
      const { challenge, examples } = responseOf(path, status);
      expect(response.status).toBe(status);
      expect(challenge).toBe(response.headers['www-authenticate']);
      expect(challenge?.includes('insufficient_scope')).toBe(status === 403);
      expect(examples[reason]?.value).toEqual(response.body);
    },
  );

  it('have no challenge for 403 if no scope can be missing', () => {
    expect(responseOf('/mcp', 403).challenge).toBeUndefined();
  });

  it('use the body that they return as the example of a missing role', async () => {
    const member = { orgs: [{ orgName: 'Acme Inc', role: 'Member' }] };
    const scopes = ['read:reports', 'write:reports'];
    const token = issuer.mcpToken(member, { scopes, org: 'Acme Inc' });
    const { status, headers, body } = await request(application.url)
      .post('/admin')
      .auth(token, { type: 'bearer' });
    expect(status).toBe(403);
    expect(headers['www-authenticate']).toBeUndefined();
    // With debugMode, the body adds which roles the caller has.
    const message = (body as { message: string }).message.replace(/, but "Member"$/, '');
    expect(responseOf('/admin', 403).examples['role_missing']?.value).toEqual({ ...body, message });
  });

  it.each(['3.0.0', '3.1.0'])('create a valid document of OpenAPI %s', async (openapi) => {
    const result = await new Validator().validate(structuredClone({ ...document, openapi }));
    expect(result).toEqual({ valid: true });
  });
});

describe('Without a route for MCP clients, the document', () => {
  it('has no scheme for them', async () => {
    const { app } = await startGuarded({ controllers: [routeUnder('user', RequireUser())] });
    const { components } = PropelAuthSwagger.createDocument(app, config);
    expect(Object.keys(components?.securitySchemes ?? {})).toEqual(['bearer']);
  });
});
