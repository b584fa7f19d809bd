import { Controller, Get, Injectable, Post, type CanActivate } from '@nestjs/common';
import {
  DenyImpersonation,
  OptionalUser,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
} from 'nestjs-propelauth';
import { expectAccess, overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../../support/application.js';

const ran: string[] = [];

@Controller()
class ThingsController {
  @Get('health')
  @Public()
  health() {
    ran.push('health');
  }

  @Get('greeting')
  @OptionalUser()
  greeting() {
    ran.push('greeting');
  }

  @Post('things')
  @RequireUser()
  @DenyImpersonation()
  add() {
    ran.push('add');
  }
}

@Controller('orgs/:orgId')
@RequireOrgMember()
class OrgsController {
  @Get()
  @RequireOrgRole('Admin')
  show() {
    ran.push('show');
  }

  @Get('billing')
  @RequirePermission(['can_view', 'can_pay'])
  billing() {
    ran.push('billing');
  }
}

@Injectable()
class LetsInAll implements CanActivate {
  canActivate() {
    return true;
  }
}

describe('toHold()', () => {
  it('passes where the guard does as described, and runs no handler', async () => {
    const issuer = await TestIssuer.create();
    const { app } = await startApplication(
      {
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        controllers: [ThingsController, OrgsController],
      },
      undefined,
      (builder) => overridePropelAuth(builder, { issuer }),
    );
    await expectAccess(app).toHold();
    expect(ran).toEqual([]);
  });

  it('names the handler and the caller where the guard lets in others', async () => {
    const issuer = await TestIssuer.create();
    const { app } = await startApplication(
      {
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        controllers: [OrgsController],
      },
      undefined,
      (builder) =>
        overridePropelAuth(builder, { issuer })
          .overrideProvider(PropelAuthGuard)
          .useClass(LetsInAll),
    );
    await expect(expectAccess(app).toHold()).rejects.toThrow(
      /GET \/orgs\/:orgId \(OrgsController.show\) allows:[^]*- a member of another organization/,
    );
  });
});
