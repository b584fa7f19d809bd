import { Controller, Get, Post, type Type } from '@nestjs/common';
import {
  activeOrg,
  DenyImpersonation,
  OptionalUser,
  orgFromBody,
  orgFromHeader,
  orgFromQuery,
  orgNameFromHost,
  orgNameFromParam,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../../support/access-matrix.js';
import { classOf } from '../../support/routes.js';

const ran: string[] = [];

/** A route under these decorators, whose handler tells that it has run. */
function ruled(route: string, ...decorators: MethodDecorator[]): Type {
  const [method, path] = route.split(' ');
  const handle = [method === 'GET' ? Get(path) : Post(path), ...decorators];
  return classOf('RuledController', [Controller()], { handle }, { run: () => ran.push(route) });
}

const eitherPermission = RequirePermission({ anyOf: ['can_view', 'can_pay'] });
const readMetadata = { metadata: { scopes: ['read'] } };
const readReports = RequireMcpToken({ scopes: ['read:reports'] });

/** What only two levels can say: each names the organization in a place of its own. */
const orgsController = classOf(
  'OrgsController',
  [Controller('orgs/:orgId'), RequireOrgMember()],
  {
    twoSources: [Get('two-sources'), RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') })],
    tokenAndPath: [Get('token-and-path'), RequireOrgRole('Admin', { org: activeOrg() })],
  },
  { run: (name) => ran.push(name) },
);

const CONTROLLERS = [
  ruled('GET public', Public()),
  ruled('GET optional', OptionalUser()),
  ruled('POST user', RequireUser(), DenyImpersonation()),
  ruled('POST step-up', RequireStepUpMfa('DELETE_ORG'), DenyImpersonation()),

  ruled('GET orgs/:orgId', RequireOrgMember()),
  ruled('GET orgs/:orgId/admin', RequireOrgRole('Admin')),
  ruled('GET orgs/:orgId/only-admin', RequireOrgRole('Admin', { exact: true })),
  ruled('GET orgs/:orgId/any-role', RequireOrgRole({ anyOf: ['Owner', 'Member'] })),
  ruled('GET orgs/:orgId/permissions', RequirePermission(['can_view', 'can_pay'])),
  ruled('GET orgs/:orgId/any-permission', eitherPermission, RequireOrgRole('Admin')),
  orgsController,

  ruled('GET sources/token', RequireOrgMember({ org: activeOrg() })),
  ruled('GET sources/query', RequireOrgMember({ org: orgFromQuery('org') })),
  ruled('GET sources/header', RequireOrgMember({ org: orgFromHeader('X-Org-Id') })),
  ruled('GET sources/host', RequireOrgMember({ org: orgNameFromHost('{org}.example.com') })),
  ruled('POST sources/body', RequireOrgMember({ org: orgFromBody('orgId') })),
  ruled('GET sources/names/:orgName', RequireOrgMember({ org: orgNameFromParam() })),

  ruled('GET keys/any', RequireApiKey()),
  ruled('GET keys/personal', RequireApiKey({ kind: 'personal' })),
  ruled('GET keys/org', RequireApiKey({ kind: 'org' })),
  ruled('GET keys/generic', RequireApiKey({ kind: 'generic' })),
  ruled('GET keys/imported', RequireApiKey({ kind: 'imported', ...readMetadata })),
  ruled(
    'GET keys/metadata',
    RequireUserOrApiKey({ metadata: { scopes: ['read'], limits: { rows: 1 } } }),
  ),
  ruled(
    'GET keys/predicate',
    RequireApiKey({ metadata: ({ scopes }) => scopes.includes('read'), words: 'scope read' }),
  ),
  ruled('GET keys/member/:orgId', RequireApiKey(readMetadata), RequireOrgMember()),
  ruled('GET keys/names/:orgName', RequireApiKey(), RequireOrgMember({ org: orgNameFromParam() })),
  ruled('GET keys/token', RequireApiKey(), RequireOrgMember({ org: activeOrg() })),
  ruled('GET keys/admin/:orgId', RequireApiKey({ kind: 'org' }), RequireOrgRole('Admin')),
  ruled('GET keys/either', RequireUserOrApiKey(), DenyImpersonation()),
  ruled('GET keys/either/:orgId', RequireUserOrApiKey({ kind: 'org' }), eitherPermission),

  ruled('POST mcp', RequireMcpToken()),
  ruled('POST mcp/scopes', readReports, RequireScope('write:reports')),
  ruled('POST mcp/org', readReports, RequireOrgRole('Admin')),
  ruled(
    'POST mcp/orgs/:orgId',
    RequireMcpToken(),
    RequireOrgMember({ org: orgFromHeader('x-org-id'), uncheckedOrg: true }),
  ),
];

const MCP = {
  resource: 'https://api.example.com/mcp',
  scopes: ['read:reports', 'write:reports'],
  introspection: { clientId: 'a-client', clientSecret: 'a-secret' },
};

/** `liveAccess()` needs events. */
const WEBHOOKS = { secret: 'whsec_c2VjcmV0', path: '/webhooks' };

function failForUsers({ name }: { name: string }): undefined {
  if (name === 'POST /user') throw new Error('A mistake in argsFor');
}

describe('toHold()', () => {
  it.each([
    ['without liveAccess()', []],
    ['with liveAccess()', [liveAccess()]],
  ])(
    'passes for the rules of every kind of caller, %s, and runs no handler',
    async (_what, plugins) => {
      const { app } = await startMatrixApplication({
        controllers: CONTROLLERS,
        module: {
          plugins: [mcpServer(MCP), ...plugins],
          apiKeys: { imported: true },
          webhooks: WEBHOOKS,
        },
      });
      await expectAccess(app).toHold();
      expect(ran).toEqual([]);
    },
  );

  it('passes for rules that reject everyone', async () => {
    const { app } = await startMatrixApplication({
      controllers: [ruled('GET nobody', RequireApiKey(), RequireStepUpMfa('DELETE_ORG'))],
      module: { startupAudit: 'warn' },
    });
    await expectAccess(app).toHold();
    expect(ran).toEqual([]);
  });

  it('leaves PropelAuth and onDecision as if it had not run', async () => {
    const decisions: unknown[] = [];
    const { app, emulator } = await startMatrixApplication({
      controllers: CONTROLLERS,
      module: {
        plugins: [mcpServer(MCP)],
        apiKeys: { imported: true },
        onDecision: (decision) => void decisions.push(decision),
      },
    });
    await expectAccess(app).toHold();
    // Also when it fails.
    await expect(expectAccess(app).toHold({ argsFor: failForUsers })).rejects.toThrow(
      'A mistake in argsFor',
    );
    const { users, orgs, apiKeys, grants, describedUsers } = emulator.core.project;
    expect([users, orgs, apiKeys, grants, describedUsers].map(({ size }) => size)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(decisions).toEqual([]);
  });
});
