import { Controller, Delete, Get, Post } from '@nestjs/common';
import {
  activeOrg,
  DenyImpersonation,
  OptionalUser,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { accessTable, expectAccess, TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../support/application.js';
import {
  everyTransport,
  GuardedController,
  GuardedGateway,
  GuardedResolver,
  OpenGateway,
  OpenMessages,
  OpenResolver,
} from '../support/every-transport.js';

@Controller()
class ThingsController {
  @Get('open')
  open() {}

  @Get('health')
  @Public()
  health() {}

  @Get('greeting')
  @OptionalUser()
  greeting() {}

  @Post('things')
  @RequireUser()
  add() {}

  @Get('things')
  @RequireUserOrApiKey()
  list() {}
}

@Controller('orgs/:orgId')
@RequireOrgMember()
class OrgsController {
  @Get()
  @RequireOrgRole('Admin')
  show() {}

  @Get('billing')
  @RequirePermission(['can_view', 'can_pay'])
  billing() {}

  @Get('active')
  @RequireOrgRole('Owner', { exact: true, org: activeOrg() })
  active() {}

  @Get('export')
  @RequireApiKey({ kind: 'org' })
  export() {}

  @Delete()
  @RequireStepUpMfa('DELETE_ORG')
  @DenyImpersonation()
  remove() {}
}

@Controller('mcp')
@RequireMcpToken({ scopes: ['read:reports'] })
class McpController {
  @Post()
  call() {}

  @Post('admin')
  @RequireScope('write:reports')
  @RequireOrgRole('Admin')
  callAsAdmin() {}
}

const TABLE = {
  'DELETE /orgs/:orgId':
    'members of the org in path orgId, not impersonated, with step-up for DELETE_ORG',
  'GET /greeting': 'optional user',
  'GET /health': 'public',
  'GET /open': 'open',
  'GET /orgs/:orgId': 'Admin and above of the org in path orgId',
  'GET /orgs/:orgId/active': 'exactly Owner of the org in token and path orgId',
  'GET /orgs/:orgId/billing': 'members with can_view and can_pay of the org in path orgId',
  'GET /orgs/:orgId/export': 'organization API key: members of the org in path orgId',
  'GET /things': 'user or API key',
  'POST /mcp': 'MCP client, with scope read:reports',
  'POST /mcp/admin':
    'MCP client: Admin and above of the org in token, with scope write:reports and read:reports',
  'POST /things': 'user',
};

const { moduleOptions, introspection } = await TestIssuer.create();
const mcp = {
  resource: 'https://api.example.com/mcp',
  scopes: ['read:reports', 'write:reports'],
  introspection,
};
const application = await startApplication({
  imports: [PropelAuthModule.forRoot({ ...moduleOptions, plugins: [mcpServer(mcp)] })],
  controllers: [ThingsController, OrgsController, McpController],
});

describe('expectAccess()', () => {
  it('works in production', () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      expect(accessTable(application.app)).toHaveProperty('GET /health', 'public');
      expectAccess(application.app).toHaveNoOpenHandlers({ except: ['GET /open'] });
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  });

  it('describes every rule in words', () => {
    expect(accessTable(application.app)).toEqual(TABLE);
  });

  it('passes if everything matches the table, in any order', () => {
    const reversed = Object.fromEntries(Object.entries(TABLE).toReversed());
    expectAccess(application.app).toEqual(reversed);
  });

  it('reports each difference: a changed rule, a new handler, a missing one', () => {
    const { 'POST /things': _new, ...others } = TABLE;
    const expected = { ...others, 'GET /health': 'user', 'GET /gone': 'user' };
    expect(messageOf(() => expectAccess(application.app).toEqual(expected))).toBe(
      `The access rules differ from the expected table (- expected, + actual):

- GET /gone: user
- GET /health: user
+ GET /health: public
+ POST /things: user
`,
    );
  });

  it('finds routes without a guard', () => {
    expect(messageOf(() => expectAccess(application.app).toHaveNoOpenHandlers())).toContain(
      '\n+ GET /open: open\n',
    );
    expectAccess(application.app).toHaveNoOpenHandlers({ except: ['GET /open'] });
  });

  it('reports an exception that is no longer needed', () => {
    const except = ['GET /open', 'POST /things'];
    expect(
      messageOf(() => expectAccess(application.app).toHaveNoOpenHandlers({ except })),
    ).toContain('\n- POST /things: open\n');
  });
});

describe('expectAccess() of an application with every transport', () => {
  it('has one table for all transports', async () => {
    const { app } = await startApplication(
      everyTransport([GuardedController], [GuardedResolver, GuardedGateway]),
    );
    expectAccess(app).toEqual({
      'GET /reports': 'user',
      'Mutation.rename': 'members of the org in argument orgId',
      'Query.reports': 'user',
      'Report.secret': 'Admin and above of the org in token',
      'event list': 'optional user',
      'message {"cmd":"sum"}': 'public',
    });
    expectAccess(app).toHaveNoOpenHandlers();
  });

  it('finds open resolvers, gateways and message handlers', async () => {
    const { app } = await startApplication(
      everyTransport([OpenMessages], [OpenResolver, OpenGateway]),
    );
    const message = messageOf(() => expectAccess(app).toHaveNoOpenHandlers());
    expect(message.match(/^\+ .*$/gm)).toEqual([
      '+ Query.reports: open',
      '+ event list: open',
      '+ message MathService/Add: open',
      '+ message created: open',
      '+ message sum: open',
      '+ message total: open',
    ]);
    expectAccess(app).toHaveNoOpenHandlers({
      except: [
        'Query.reports',
        'event list',
        'message MathService/Add',
        'message created',
        'message sum',
        'message total',
      ],
    });
  });

  it('shows both rules of two handlers with the same name, and finds the open one', async () => {
    const { app } = await startApplication(
      everyTransport([], [GuardedResolver, OpenGateway, GuardedGateway]),
    );
    expect(accessTable(app)).toMatchObject({ 'event list': 'open; optional user' });
    expect(() => expectAccess(app).toHaveNoOpenHandlers()).toThrow('+ event list: open\n');
    expectAccess(app).toHaveNoOpenHandlers({ except: ['event list'] });
  });
});

function messageOf(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return (error as Error).message;
  }
  return 'All is as expected';
}
