import { Controller, Get, Module, UseGuards, type CanActivate } from '@nestjs/common';
import type { OverrideBy, TestingModuleBuilder } from '@nestjs/testing';
import {
  CurrentOrg,
  CurrentUser,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { ACME_ID } from '../support/project.js';
import { CurrentCaller, routeUnder, type Caller } from '../support/routes.js';

const issuer = await TestIssuer.create();

@Controller('by-hand')
@UseGuards(PropelAuthGuard)
class GuardedByHandController {
  @Get()
  show(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

@Controller('class/:orgId')
@RequireOrgRole('Owner')
class GuardedClassController {
  @Get()
  show(@CurrentUser() user: User | null, @CurrentOrg() org: OrgMemberInfo | null) {
    return { userId: user?.userId ?? user, orgId: org?.orgId ?? org };
  }
}

let isAllowed: boolean;

class Stub implements CanActivate {
  canActivate(): boolean {
    return isAllowed;
  }
}

type Override = (builder: TestingModuleBuilder) => OverrideBy;

const overrides: [string, Override][] = [
  ['overrideProvider(PropelAuthGuard)', (builder) => builder.overrideProvider(PropelAuthGuard)],
  ['overrideGuard(PropelAuthGuard)', (builder) => builder.overrideGuard(PropelAuthGuard)],
];

const replacements: [string, (override: OverrideBy) => TestingModuleBuilder][] = [
  ['useValue', (override) => override.useValue(new Stub())],
  ['useFactory', (override) => override.useFactory({ factory: () => new Stub() })],
  ['useClass', (override) => override.useClass(Stub)],
];

const controllers = [
  routeUnder('silent'),
  routeUnder('public', Public()),
  routeUnder('user', RequireUser()),
  routeUnder('orgs/:orgId', RequireOrgRole('Owner')),
  GuardedByHandController,
  GuardedClassController,
];
const RULED = ['user', `orgs/${ACME_ID}`, 'by-hand', `class/${ACME_ID}`];

describe.each(overrides)('%s', (_overriding, override) => {
  describe.each(replacements)('.%s()', (_using, replace) => {
    it.each([false, true])(
      'replaces our guard on all handlers, where there is then no user: requireUserByDefault %s',
      async (requireUserByDefault) => {
        const imports = [
          PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault }),
        ];
        const { url } = await startApplication({ imports, controllers }, undefined, (builder) =>
          replace(override(builder)),
        );
        isAllowed = true;
        for (const path of ['silent', 'public', ...RULED]) {
          await request(url).get(`/${path}`).expect(200, { userId: null, orgId: null });
        }
        isAllowed = false;
        for (const path of RULED) await request(url).get(`/${path}`).expect(403);
      },
    );
  });
});

describe('A stub of the guard among the providers of a module', () => {
  const stubbed = {
    controllers: [routeUnder('user', RequireUser()), GuardedClassController],
    providers: [{ provide: PropelAuthGuard, useClass: Stub }],
  };

  @Module(stubbed)
  class StubbedModule {}

  it.each(['user', `class/${ACME_ID}`])('decides in a unit test, on %s', async (path) => {
    const application = await startApplication(stubbed);
    isAllowed = true;
    await request(application.url).get(`/${path}`).expect(200, { userId: null, orgId: null });
    isAllowed = false;
    await request(application.url).get(`/${path}`).expect(403);
  });

  it.each([
    { requireUserByDefault: false, status: 200 },
    { requireUserByDefault: true, status: 401 },
  ])(
    'does not replace a global guard: with requireUserByDefault $requireUserByDefault, the route returns $status',
    async ({ requireUserByDefault, status }) => {
      const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault });
      const application = await startApplication({ imports: [forRoot, StubbedModule] });
      isAllowed = true;
      await request(application.url).get('/user').expect(status);
    },
  );
});
