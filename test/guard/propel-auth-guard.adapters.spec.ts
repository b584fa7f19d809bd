import {
  Controller,
  Get,
  UseGuards,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
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

const asGlobalGuard = { provide: APP_GUARD };

/** Where the guard is, and whether that is everywhere. */
const PLACES: [string, boolean, ModuleMetadata, (app: INestApplication) => void][] = [
  ['on classes and handlers alone', false, {}, () => {}],
  [
    'as APP_GUARD with useExisting',
    true,
    { providers: [{ ...asGlobalGuard, useExisting: PropelAuthGuard }] },
    () => {},
  ],
  [
    'as APP_GUARD with useClass',
    true,
    { providers: [{ ...asGlobalGuard, useClass: PropelAuthGuard }] },
    () => {},
  ],
  [
    'in app.useGlobalGuards()',
    true,
    {},
    (app: INestApplication) => app.useGlobalGuards(app.get(PropelAuthGuard)),
  ],
];

describe.each(PLACES)('PropelAuthGuard %s', (_where, isGlobal, metadata, prepare) => {
  const application = beforeTests(() => startGuarded({ controllers, ...metadata }, {}, prepare));

  it.each<[string, number]>([
    ['/guarded', 401],
    ['/guarded/public', 200],
    ['/guarded/optional', 200],
    ['/guarded-handlers', 401],
    ['/guarded-handlers/open', isGlobal ? 401 : 200],
    [`/orgs/${ACME_ID}`, 401],
  ])('lets a user in on %s, and returns %d without a token', async (path, status) => {
    await request(application.url).get(path).expect(status);
    await request(application.url, alice).get(path).expect(200, { allowed: true });
  });

  it('applies organization rules', async () => {
    await request(application.url, dave).get(`/orgs/${ACME_ID}`).expect(403);
  });

  it('guards HEAD requests like GET requests', async () => {
    await request(application.url).head('/guarded').expect(401);
  });
});
