import {
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { Controller, Get, UseGuards, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { beforeTests, startApplication } from '../support/application.js';
import { ACME_ID } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

const issuer = await TestIssuer.create();

describe.each([false, true])(
  'overrideProvider(PropelAuthGuard), with requireUserByDefault %s,',
  (requireUserByDefault) => {
    const application = beforeTests(() =>
      startApplication(
        {
          imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault })],
          controllers: [
            routeUnder('silent'),
            routeUnder('public', Public()),
            routeUnder('user', RequireUser()),
            routeUnder('orgs/:orgId', RequireOrgRole('Owner')),
          ],
        },
        undefined,
        (builder) =>
          builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true }),
      ),
    );

    it.each(['silent', 'public', 'user', `orgs/${ACME_ID}`])(
      'replaces our guard on %s',
      async (path) => {
        await request(application.url).get(`/${path}`).expect(200, { userId: null, orgId: null });
      },
    );
  },
);

describe('overrideGuard(PropelAuthGuard)', () => {
  @Controller('by-hand')
  @UseGuards(PropelAuthGuard)
  class GuardedByHandController {
    @Get()
    show() {
      return {};
    }
  }

  it.each<[string, Type]>([
    ['decorators', routeUnder('user', RequireUser())],
    ['@UseGuards()', GuardedByHandController],
  ])('fails and names the overrides that work: under %s', async (_what, controller) => {
    const builder = Test.createTestingModule({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
      controllers: [controller],
    });
    const compiling = builder
      .overrideGuard(PropelAuthGuard)
      .useValue({ canActivate: () => true })
      .compile();
    await expect(compiling).rejects.toThrow(
      /overrideProvider\(PropelAuthGuard\).*overridePropelAuth/,
    );
  });
});

describe('A module of a unit test', () => {
  const controllers = [routeUnder('user', RequireUser())];

  it('fails without PropelAuthModule and says what to provide', async () => {
    const compiling = Test.createTestingModule({ controllers }).compile();
    await expect(compiling).rejects.toThrow(/provide: PropelAuthGuard, useValue/);
  });

  it('uses a stub of the guard', async () => {
    let allowed = true;
    const application = await startApplication({
      controllers,
      providers: [{ provide: PropelAuthGuard, useValue: { canActivate: () => allowed } }],
    });
    await request(application.url).get('/user').expect(200);
    allowed = false;
    await request(application.url).get('/user').expect(403);
  });
});
