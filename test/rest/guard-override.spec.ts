import {
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import request from 'supertest';
import { startApplication, type RunningApplication } from '../support/application.js';
import { Issuer } from '../support/issuer.js';
import { ACME_ID } from '../support/people.js';
import { routeUnder } from '../support/routes.js';

const issuer = new Issuer();

describe.each([false, true])(
  'overrideProvider(PropelAuthGuard), with requireUserByDefault %s,',
  (requireUserByDefault) => {
    let application: RunningApplication;

    beforeAll(async () => {
      application = await startApplication(
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
      );
    });

    afterAll(() => application.close());

    it.each(['silent', 'public', 'user', `orgs/${ACME_ID}`])(
      'puts a guard of the test in the place of ours: on %s',
      async (path) => {
        await request(application.url).get(`/${path}`).expect(200, { userId: null, orgId: null });
      },
    );
  },
);
