import { Controller, Get, UseGuards, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  OptionalUser,
  PropelAuthGuard,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { beforeTests } from '../support/application.js';
import { request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, dave } from '../support/project.js';

@Controller('guarded')
@UseGuards(PropelAuthGuard)
class GuardedController {
  @Get()
  show() {
    return { allowed: true };
  }

  @Get('public')
  @Public()
  showToAll() {
    return { allowed: true };
  }

  @Get('optional')
  @OptionalUser()
  showToAnyone() {
    return { allowed: true };
  }
}

@Controller('guarded-handlers')
class GuardedHandlersController {
  @Get()
  @UseGuards(PropelAuthGuard)
  show() {
    return { allowed: true };
  }

  @Get('open')
  showToAll() {
    return { allowed: true };
  }
}

@Controller('orgs')
@UseGuards(PropelAuthGuard)
class OrgController {
  @Get(':orgId')
  @UseGuards(PropelAuthGuard)
  @RequireUser()
  @RequireOrgMember()
  @UseGuards(PropelAuthGuard)
  show() {
    return { allowed: true };
  }
}

const controllers = [GuardedController, GuardedHandlersController, OrgController];

describe('PropelAuthGuard', () => {
  describe.each<[string, ModuleMetadata]>([
    ['on classes and handlers alone', {}],
    [
      'as a global guard of the application’s own, useExisting',
      { providers: [{ provide: APP_GUARD, useExisting: PropelAuthGuard }] },
    ],
    [
      'as a global guard of the application’s own, useClass',
      { providers: [{ provide: APP_GUARD, useClass: PropelAuthGuard }] },
    ],
  ])('%s', (_where, { providers = [] }) => {
    const application = beforeTests(() => startGuarded({ controllers, providers }));

    const isGlobal = providers.length > 0;

    it.each<[string, number]>([
      ['/guarded', 401],
      ['/guarded/public', 200],
      ['/guarded/optional', 200],
      ['/guarded-handlers', 401],
      ['/guarded-handlers/open', isGlobal ? 401 : 200],
      [`/orgs/${ACME_ID}`, 401],
    ])('returns %d on %s without a token', async (path, status) => {
      await request(application.url).get(path).expect(status);
    });

    it.each([
      '/guarded',
      '/guarded/public',
      '/guarded/optional',
      '/guarded-handlers',
      '/guarded-handlers/open',
      `/orgs/${ACME_ID}`,
    ])('accepts a user on %s', async (path) => {
      await request(application.url, alice).get(path).expect(200, { allowed: true });
    });

    it('applies organization rules', async () => {
      await request(application.url, dave).get(`/orgs/${ACME_ID}`).expect(403);
    });

    it('guards HEAD requests like GET requests', async () => {
      await request(application.url).head('/guarded').expect(401);
    });
  });

  describe('registered with app.useGlobalGuards()', () => {
    const application = beforeTests(() =>
      startGuarded({ controllers }, {}, (app) => app.useGlobalGuards(app.get(PropelAuthGuard))),
    );

    it.each<[string, number]>([
      ['/guarded-handlers/open', 401],
      ['/guarded/public', 200],
      ['/guarded', 401],
    ])('returns %d on %s without a token', async (path, status) => {
      await request(application.url).get(path).expect(status);
    });
  });
});
