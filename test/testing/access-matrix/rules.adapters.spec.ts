import { Controller, Get, Post } from '@nestjs/common';
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

const ran: string[] = [];

@Controller('users')
class UsersController {
  @Get('public')
  @Public()
  everyone() {
    ran.push('everyone');
  }

  @Get('optional')
  @OptionalUser()
  optional() {
    ran.push('optional');
  }

  @Post('user')
  @RequireUser()
  @DenyImpersonation()
  user() {
    ran.push('user');
  }

  @Post('step-up')
  @RequireStepUpMfa('DELETE_ORG')
  @DenyImpersonation()
  stepUp() {
    ran.push('stepUp');
  }
}

@Controller('orgs/:orgId')
@RequireOrgMember()
class OrgsController {
  @Get()
  member() {
    ran.push('member');
  }

  @Get('admin')
  @RequireOrgRole('Admin')
  admin() {
    ran.push('admin');
  }

  @Get('only-admin')
  @RequireOrgRole('Admin', { exact: true })
  onlyAdmin() {
    ran.push('onlyAdmin');
  }

  @Get('any-role')
  @RequireOrgRole({ anyOf: ['Owner', 'Member'] })
  anyRole() {
    ran.push('anyRole');
  }

  @Get('permissions')
  @RequirePermission(['can_view', 'can_pay'])
  permissions() {
    ran.push('permissions');
  }

  @Get('any-permission')
  @RequirePermission({ anyOf: ['can_view', 'can_pay'] })
  @RequireOrgRole('Admin')
  anyPermission() {
    ran.push('anyPermission');
  }

  @Get('two-sources')
  @RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') })
  twoSources() {
    ran.push('twoSources');
  }

  @Get('token-and-path')
  @RequireOrgRole('Admin', { org: activeOrg() })
  tokenAndPath() {
    ran.push('tokenAndPath');
  }
}

@Controller('sources')
class SourcesController {
  @Get('token')
  @RequireOrgMember({ org: activeOrg() })
  token() {
    ran.push('token');
  }

  @Get('query')
  @RequireOrgMember({ org: orgFromQuery('org') })
  query() {
    ran.push('query');
  }

  @Get('header')
  @RequireOrgMember({ org: orgFromHeader('X-Org-Id') })
  header() {
    ran.push('header');
  }

  @Get('host')
  @RequireOrgMember({ org: orgNameFromHost('{org}.example.com') })
  host() {
    ran.push('host');
  }

  @Post('body')
  @RequireOrgMember({ org: orgFromBody('orgId') })
  body() {
    ran.push('body');
  }

  @Get('names/:orgName')
  @RequireOrgMember({ org: orgNameFromParam() })
  name() {
    ran.push('name');
  }
}

@Controller('keys')
class KeysController {
  @Get('any')
  @RequireApiKey()
  any() {
    ran.push('any');
  }

  @Get('personal')
  @RequireApiKey({ kind: 'personal' })
  personal() {
    ran.push('personal');
  }

  @Get('org')
  @RequireApiKey({ kind: 'org' })
  org() {
    ran.push('org');
  }

  @Get('generic')
  @RequireApiKey({ kind: 'generic' })
  generic() {
    ran.push('generic');
  }

  @Get('imported')
  @RequireApiKey({ kind: 'imported', metadata: { scopes: ['read'] } })
  imported() {
    ran.push('imported');
  }

  @Get('metadata')
  @RequireUserOrApiKey({ metadata: { scopes: ['read'], limits: { rows: 1 } } })
  metadata() {
    ran.push('metadata');
  }

  @Get('predicate')
  @RequireApiKey({ metadata: ({ scopes }) => scopes.includes('read'), words: 'scope read' })
  predicate() {
    ran.push('predicate');
  }

  @Get('member/:orgId')
  @RequireApiKey({ metadata: { scopes: ['read'] } })
  @RequireOrgMember()
  member() {
    ran.push('member');
  }

  @Get('names/:orgName')
  @RequireApiKey()
  @RequireOrgMember({ org: orgNameFromParam() })
  name() {
    ran.push('name');
  }

  @Get('token')
  @RequireApiKey()
  @RequireOrgMember({ org: activeOrg() })
  token() {
    ran.push('token');
  }

  @Get('admin/:orgId')
  @RequireApiKey({ kind: 'org' })
  @RequireOrgRole('Admin')
  admin() {
    ran.push('admin');
  }

  @Get('either')
  @RequireUserOrApiKey()
  @DenyImpersonation()
  either() {
    ran.push('either');
  }

  @Get('either/:orgId')
  @RequireUserOrApiKey({ kind: 'org' })
  @RequirePermission({ anyOf: ['can_view', 'can_pay'] })
  eitherMember() {
    ran.push('eitherMember');
  }
}

@Controller('mcp')
class McpController {
  @Post()
  @RequireMcpToken()
  any() {
    ran.push('any');
  }

  @Post('scopes')
  @RequireMcpToken({ scopes: ['read:reports'] })
  @RequireScope('write:reports')
  scopes() {
    ran.push('scopes');
  }

  @Post('org')
  @RequireMcpToken({ scopes: ['read:reports'] })
  @RequireOrgRole('Admin')
  org() {
    ran.push('org');
  }

  @Post('orgs/:orgId')
  @RequireMcpToken()
  @RequireOrgMember({ org: orgFromHeader('x-org-id'), uncheckedOrg: true })
  path() {
    ran.push('path');
  }
}

const CONTROLLERS = [
  UsersController,
  OrgsController,
  SourcesController,
  KeysController,
  McpController,
];

const MCP = {
  resource: 'https://api.example.com/mcp',
  scopes: ['read:reports', 'write:reports'],
  introspection: { clientId: 'a-client', clientSecret: 'a-secret' },
};

/** `liveAccess()` needs events. */
const WEBHOOKS = { secret: 'whsec_c2VjcmV0', path: '/webhooks' };

function failForUsers({ name }: { name: string }): undefined {
  if (name === 'POST /users/user') throw new Error('A mistake in argsFor');
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
    @Controller()
    class ContradictoryController {
      @Get()
      @RequireApiKey()
      @RequireStepUpMfa('DELETE_ORG')
      nobody() {
        ran.push('nobody');
      }
    }
    const { app } = await startMatrixApplication({
      controllers: [ContradictoryController],
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
