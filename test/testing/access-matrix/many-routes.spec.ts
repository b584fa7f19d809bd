import { Controller, Get, type Type } from '@nestjs/common';
import {
  describeAccess,
  DenyImpersonation,
  OptionalUser,
  orgFromQuery,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../../support/access-matrix.js';
import { PATIENCE, sized } from '../../support/thorough.js';

const CONTROLLERS = sized(50);

/** A controller with ten routes, as an application has them: most are of organizations. */
function controllerOf(number: number): Type {
  @Controller(`things-${number}/:orgId`)
  @RequireUser({ uncheckedOrg: true })
  class ThingsController {
    @Get('public')
    @Public()
    everyone() {}

    @Get('optional')
    @OptionalUser({ uncheckedOrg: true })
    optional() {}

    @Get('user')
    @DenyImpersonation()
    user() {}

    @Get('member')
    @RequireOrgMember()
    member() {}

    @Get('admin')
    @RequireOrgRole('Admin')
    admin() {}

    @Get('permissions')
    @RequirePermission(['can_view', 'can_pay'])
    permissions() {}

    @Get('query')
    @RequirePermission(
      { anyOf: ['can_view', 'can_pay'] },
      { org: orgFromQuery('org'), uncheckedOrg: true },
    )
    query() {}

    @Get('step-up')
    @RequireStepUpMfa('DELETE_THING')
    stepUp() {}

    @Get('key')
    @RequireApiKey({ kind: 'org' })
    @RequireOrgRole('Admin')
    key() {}

    @Get('either')
    @RequireUserOrApiKey()
    @RequireOrgMember()
    either() {}
  }
  return ThingsController;
}

describe('toHold()', () => {
  it(
    'tries all callers of many routes',
    async () => {
      const controllers = Array.from({ length: CONTROLLERS }, (_, number) => controllerOf(number));
      const { app } = await startMatrixApplication({ controllers });
      expect(describeAccess(app)).toHaveLength(10 * CONTROLLERS);
      await expectAccess(app).toHold();
    },
    PATIENCE,
  );
});
