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
import { accessTable, expectAccess, readLocalSeed, TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../support/application.js';

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

const TABLE = {
  'DELETE /orgs/:orgId':
    'members of the org in path orgId, not impersonated, with step-up for DELETE_ORG',
  'GET /greeting': 'optional',
  'GET /health': 'public',
  'GET /open': 'open',
  'GET /orgs/:orgId': 'Admin and above, members of the org in path orgId',
  'GET /orgs/:orgId/active': 'exactly Owner, members of the org in token and path orgId',
  'GET /orgs/:orgId/billing': 'members with can_view and can_pay, members of the org in path orgId',
  'GET /orgs/:orgId/export': 'api-key (org): members of the org in path orgId',
  'GET /things': 'user-or-api-key',
  'POST /things': 'user',
};

describe('expectAccess()', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    const { moduleOptions } = await TestIssuer.create();
    application = await startApplication({
      imports: [PropelAuthModule.forRoot(moduleOptions)],
      controllers: [ThingsController, OrgsController],
    });
  });

  afterAll(() => application.close());

  it('works in production, as readLocalSeed() does', () => {
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    try {
      expect(accessTable(application.app)).toHaveProperty('GET /health', 'public');
      expectAccess(application.app).toHaveNoOpenRoutes({ except: ['GET /open'] });
      expect(readLocalSeed({ people: [{ name: 'alice' }] })).toHaveProperty('orgs', []);
    } finally {
      process.env.NODE_ENV = NODE_ENV;
    }
  });

  it('describes every rule in words', () => {
    expect(accessTable(application.app)).toEqual(TABLE);
  });

  it('passes when all is as the table says, in any order', () => {
    const reversed = Object.fromEntries(Object.entries(TABLE).toReversed());
    expectAccess(application.app).toEqual(reversed);
  });

  it('names each difference: a changed rule, a new route, a removed route', () => {
    const { 'POST /things': _new, ...others } = TABLE;
    const expected = { ...others, 'GET /health': 'user', 'GET /gone': 'user' };
    expect(messageOf(() => expectAccess(application.app).toEqual(expected))).toBe(
      `Who may call which route is not as expected (- expected, + actual):

- GET /gone: user
- GET /health: user
+ GET /health: public
+ POST /things: user
`,
    );
  });

  it('finds routes without a guard', () => {
    expect(messageOf(() => expectAccess(application.app).toHaveNoOpenRoutes())).toContain(
      '\n+ GET /open: open\n',
    );
    expectAccess(application.app).toHaveNoOpenRoutes({ except: ['GET /open'] });
  });

  it('reports an exception that is no longer needed', () => {
    const except = ['GET /open', 'POST /things'];
    expect(messageOf(() => expectAccess(application.app).toHaveNoOpenRoutes({ except }))).toContain(
      '\n- POST /things: open\n',
    );
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
