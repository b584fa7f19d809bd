import {
  Controller,
  Get,
  Module,
  RequestMethod,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type VersioningOptions,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import {
  CurrentOrg,
  OptionalUser,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type OrgMemberInfo,
} from 'nestjs-propelauth';
import { beforeTests, startApplication } from '../../support/application.js';
import { issuer, request } from '../../support/guarded-application.js';
import { ACME_ID, alice, carol, dave, GLOBEX_ID, headersOf } from '../../support/project.js';
import { CurrentCaller, type Caller } from '../../support/routes.js';

const propelAuth = PropelAuthModule.forRoot(issuer.moduleOptions);

@Controller('reports')
class VersionedController {
  @Get()
  @Version('1')
  @Public()
  first() {
    return {};
  }

  @Get()
  @Version('2')
  @OptionalUser()
  second(@CurrentCaller() { userId }: Caller) {
    return { userId };
  }

  @Get()
  @Version(['3', '4'])
  @RequireUser()
  third() {
    return {};
  }
}

@Controller({ path: 'status', version: VERSION_NEUTRAL })
class NeutralController {
  @Get()
  @RequireUser()
  show() {
    return {};
  }
}

interface VersionedRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
}

const versionings: [string, VersioningOptions, (version: string) => VersionedRequest][] = [
  [
    'in the path',
    { type: VersioningType.URI },
    (version) => ({ path: `/v${version}/reports`, headers: {} }),
  ],
  [
    'in a header',
    { type: VersioningType.HEADER, header: 'x-version' },
    (version) => ({ path: '/reports', headers: { 'x-version': version } }),
  ],
  [
    'in the media type',
    { type: VersioningType.MEDIA_TYPE, key: 'v=' },
    (version) => ({ path: '/reports', headers: { Accept: `application/json;v=${version}` } }),
  ],
];

describe.each(versionings)('With route versions %s', (_where, versioning, requestOf) => {
  const application = beforeTests(() =>
    startApplication(
      { imports: [propelAuth], controllers: [VersionedController, NeutralController] },
      (app) => app.enableVersioning(versioning),
    ),
  );

  async function expectStatuses(statuses: Record<string, number>, more: Record<string, string>) {
    for (const [version, status] of Object.entries(statuses)) {
      const { path, headers } = requestOf(version);
      await request(application.url)
        .get(path)
        .set({ ...headers, ...more })
        .expect(status);
    }
  }

  it('each version has the rules of its own handler', async () => {
    await expectStatuses({ 1: 200, 2: 200, 3: 401, 4: 401 }, {});
    await expectStatuses({ 1: 200, 2: 200, 3: 200, 4: 200 }, await headersOf(issuer, alice));
    await expectStatuses({ 1: 200, 2: 200, 3: 401, 4: 401 }, { Authorization: 'Bearer a.b.c' });
  });

  it('the version that requires a caller gets the caller', async () => {
    const { path, headers } = requestOf('2');
    await request(application.url, alice)
      .get(path)
      .set(headers)
      .expect(200, { userId: 'user-alice' });
  });

  it('a handler for every version keeps its rules', async () => {
    await request(application.url).get('/status').expect(401);
  });
});

@Controller('billing')
class BillingController {
  @Get()
  @RequireOrgRole('Admin')
  show(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }
}

@Controller()
@RequireOrgMember()
class OrgHomeController {
  @Get()
  show(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }
}

@Module({ controllers: [BillingController] })
class BillingModule {}

@Module({ controllers: [OrgHomeController] })
class OrgHomeModule {}

describe('With RouterModule paths, under a global prefix', () => {
  const application = beforeTests(() =>
    startApplication(
      {
        imports: [
          propelAuth,
          BillingModule,
          OrgHomeModule,
          RouterModule.register([
            { path: 'orgs/:orgId', module: OrgHomeModule, children: [BillingModule] },
          ]),
        ],
      },
      (app) =>
        app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.GET }] }),
    ),
  );

  it('the organization is read from the path of the module', async () => {
    const headers = await headersOf(issuer, alice);
    await request(application.url)
      .get(`/api/orgs/${ACME_ID}`)
      .set(headers)
      .expect(200, { orgId: ACME_ID });
    await request(application.url)
      .get(`/api/orgs/${ACME_ID}/billing`)
      .set(headers)
      .expect(200, { orgId: ACME_ID });
  });

  it.each([
    ['a user in no organization', dave, ACME_ID],
    ['a member of another organization', alice, GLOBEX_ID],
    ['a member without the role', carol, ACME_ID],
  ])('%s gets an error', async (_who, person, orgId) => {
    await request(application.url, person).get(`/api/orgs/${orgId}/billing`).expect(403);
  });
});
