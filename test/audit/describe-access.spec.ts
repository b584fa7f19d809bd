import { All, Controller, Get, Module, Post, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import {
  describeAccess,
  OptionalUser,
  orgFromHeader,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';

@Controller('things')
class ThingsController {
  @Get('open')
  open() {}

  @Get('public')
  @Public()
  public() {}

  @Get(['optional', 'maybe'])
  @OptionalUser()
  optional() {}

  @Post('user')
  @RequireUser()
  user() {}

  @All('all')
  @RequireUser()
  all() {}
}

@Controller({ path: 'orgs/:orgId', version: '2' })
@RequireOrgMember()
class OrgsController {
  @Get()
  @RequireOrgRole('Admin', { exact: true, org: orgFromHeader('x-org-id') })
  show() {}
}

@Module({ controllers: [OrgsController] })
class OrgsModule {}

describe('describeAccess()', () => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(
      {
        imports: [
          PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions),
          OrgsModule,
          RouterModule.register([{ path: 'admin', module: OrgsModule }]),
        ],
        controllers: [ThingsController],
      },
      (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI });
      },
    );
  });

  afterAll(() => application.close());

  it('lists every route with its full path and its callers', () => {
    const table = describeAccess(application.app).map(
      ({ method, path, controller, handler, access }) =>
        `${method} ${path} ${controller}.${handler} ${access}`,
    );
    expect(table).toEqual([
      'ALL /api/things/all ThingsController.all user',
      'GET /api/things/maybe ThingsController.optional optional',
      'GET /api/things/open ThingsController.open open',
      'GET /api/things/optional ThingsController.optional optional',
      'GET /api/things/public ThingsController.public public',
      'POST /api/things/user ThingsController.user user',
      'GET /api/v2/admin/orgs/:orgId OrgsController.show user',
    ]);
  });

  it('lists organization rules', () => {
    const route = describeAccess(application.app).find(({ handler }) => handler === 'show');
    expect(route).toMatchObject({
      orgRules: [{ kind: 'role', role: 'Admin', exact: true }, { kind: 'member' }],
      orgSources: ['header x-org-id', 'path orgId'],
    });
  });

  it('lists paths that exist', async () => {
    for (const { method, path, access } of describeAccess(application.app)) {
      const called = path.replace(':orgId', 'acme');
      const response = await request(application.url)[method === 'POST' ? 'post' : 'get'](called);
      expect(response.status).toBe(access === 'user' ? 401 : response.status);
      expect(response.status).not.toBe(404);
    }
  });
});
