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
import { classOf } from '../../support/routes.js';
import { PATIENCE, sized } from '../../support/thorough.js';

const CONTROLLERS = sized(50);

/** The routes of each controller, as an application has them: most are of organizations. */
const ROUTES: Record<string, MethodDecorator[]> = {
  public: [Public()],
  optional: [OptionalUser({ uncheckedOrg: true })],
  user: [DenyImpersonation()],
  member: [RequireOrgMember()],
  admin: [RequireOrgRole('Admin')],
  permissions: [RequirePermission(['can_view', 'can_pay'])],
  query: [
    RequirePermission(
      { anyOf: ['can_view', 'can_pay'] },
      { org: orgFromQuery('org'), uncheckedOrg: true },
    ),
  ],
  stepUp: [RequireStepUpMfa('DELETE_THING')],
  key: [RequireApiKey({ kind: 'org' }), RequireOrgRole('Admin')],
  either: [RequireUserOrApiKey(), RequireOrgMember()],
};

function controllerOf(number: number): Type {
  const ofClass = [Controller(`things-${number}/:orgId`), RequireUser({ uncheckedOrg: true })];
  const methods = Object.entries(ROUTES).map(([name, rules]) => [name, [Get(name), ...rules]]);
  return classOf('ThingsController', ofClass, Object.fromEntries(methods));
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
