import { Controller, Get, Headers, Injectable, Module, Query, type Type } from '@nestjs/common';
import {
  OptionalUser,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { request } from '../../guarded-application.js';
import { ACME_ID, bob, carol, dave, GLOBEX_ID } from '../../project.js';
import { decorateHandler } from '../../routes.js';
import { ADMINS, ForAdmins, reportsUnder, SECRET, type Mistake } from './mistake.js';

const org = orgFromQuery();

@Injectable()
class ReportsService {
  @ForAdmins()
  list() {
    return SECRET;
  }
}

@Controller()
class ReportsOfService {
  constructor(private readonly reports: ReportsService) {}

  @Get('reports')
  list() {
    return this.reports.list();
  }
}

@Controller()
@Public()
class NewsController {
  @Get('news')
  news() {
    return 'news';
  }

  @Get('reports')
  list() {
    return SECRET;
  }
}

/** The rule reads `orgId` of the query, and the handler reads an organization with this decorator. */
function reportsOf(read: ParameterDecorator): Type {
  class TenantsController {
    list(orgId: string) {
      return orgId === GLOBEX_ID ? SECRET : 'the report of another organization';
    }
  }
  read(TenantsController.prototype, 'list', 0);
  decorateHandler(TenantsController, 'list', Get('reports'), ForAdmins());
  Controller()(TenantsController);
  return TenantsController;
}

/** A rule of the application reads the header `x-org-id`, so that this name is known. */
@Controller()
class HeaderController {
  @Get('header')
  @RequireOrgMember({ org: orgFromHeader('x-org-id') })
  show() {}
}

@Controller('reports')
class ShadowedController {
  @Get(':id')
  @Public()
  show() {
    return SECRET;
  }

  @Get('all')
  @ForAdmins()
  list() {
    return SECRET;
  }
}

@Module({ controllers: [reportsUnder([Public()])] })
class ReportsModule {}

const ORG_PATH = 'orgs/:orgId/reports';

/** Mistakes about which decorator is where. */
export const DECORATOR_MISTAKES: readonly Mistake[] = [
  {
    what: 'a handler without an access decorator',
    plant: () => ({ controllers: [reportsUnder([])] }),
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', 'finds', 'shows'],
  },
  {
    what: 'the same, under `requireUserByDefault`',
    plant: () => ({ controllers: [reportsUnder([])] }),
    options: { requireUserByDefault: true },
    intruder: dave,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: 'the same, under `requireUserByDefault`, with the organization in the path',
    plant: () => ({ controllers: [reportsUnder([], { path: ORG_PATH })] }),
    options: { requireUserByDefault: true },
    handler: `GET /${ORG_PATH}`,
    meant: 'Admin and above of the org in path orgId',
    path: `/${ORG_PATH.replace(':orgId', ACME_ID)}`,
    intruder: dave,
    result: 'unauthorized access',
    notices: ['warns', 'finds', 'shows'],
  },
  {
    what: '`{ uncheckedOrg: true }` on a handler that needs an organization rule',
    plant: () => ({
      controllers: [reportsUnder([RequireUser({ uncheckedOrg: true })], { path: ORG_PATH })],
    }),
    handler: `GET /${ORG_PATH}`,
    meant: 'Admin and above of the org in path orgId',
    path: `/${ORG_PATH.replace(':orgId', ACME_ID)}`,
    intruder: dave,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: 'a decorator on a method of a service, not on the handler that calls it',
    plant: () => ({ controllers: [ReportsOfService], providers: [ReportsService] }),
    intruder: null,
    result: 'unauthorized access',
    notices: ['fails', 'finds', 'shows'],
  },
  {
    what: '`@Public()` left on a handler, in a class with a rule',
    plant: () => ({ controllers: [reportsUnder([Public()], { classes: [ForAdmins()] })] }),
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: '`@Public()` left next to a rule, on the same handler',
    plant: () => ({ controllers: [reportsUnder([Public(), ForAdmins()])] }),
    intruder: null,
    result: 'guarded',
    notices: ['fails', 'guarded', 'guarded'],
  },
  {
    what: 'a new handler without a decorator, in a class under `@Public()`',
    plant: () => ({ controllers: [NewsController] }),
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: '`@OptionalUser()` instead of `@RequireUser()`',
    plant: () => ({ controllers: [reportsUnder([OptionalUser()])] }),
    meant: 'user',
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: '`@RequireUser()` instead of an organization rule',
    plant: () => ({ controllers: [reportsUnder([RequireUser()])] }),
    intruder: dave,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: 'a lower role than intended',
    plant: () => ({ controllers: [reportsUnder([RequireOrgRole('Member', { org })])] }),
    intruder: carol,
    result: 'unauthorized access',
    notices: ['–', '–', 'shows'],
  },
  {
    what: 'the name of a role that does not exist in the project',
    plant: () => ({ controllers: [reportsUnder([RequireOrgRole('Admn', { org })])] }),
    intruder: carol,
    result: 'all rejected',
    notices: ['–', 'finds', 'shows'],
  },
  {
    what: 'a path parameter that the path does not have',
    plant: () => ({
      controllers: [
        reportsUnder([RequireOrgMember({ org: orgFromParam('orgId') })], {
          path: 'orgs/:tenantId/reports',
        }),
      ],
    }),
    handler: 'GET /orgs/:tenantId/reports',
    meant: 'members of the org in path tenantId',
    path: `/orgs/${ACME_ID}/reports`,
    intruder: dave,
    result: 'all rejected',
    notices: ['fails', 'finds', 'shows'],
  },
  {
    what: 'a rule that reads the organization from one place, and a handler that reads it from another',
    plant: () => ({ controllers: [reportsOf(Headers('x-org-id')), HeaderController] }),
    intruder: bob,
    ask: async ({ url }, user) =>
      (await request(url, user).get(`/reports?orgId=${ACME_ID}`).set('x-org-id', GLOBEX_ID)).text,
    result: 'unauthorized access',
    notices: ['warns', 'finds', 'shows'],
  },
  {
    what: 'a guarded handler that reads the organization under a name, such as `tenant`, that no rule of the application uses',
    plant: () => ({ controllers: [reportsOf(Query('tenant'))] }),
    intruder: bob,
    intruderPath: `/reports?orgId=${ACME_ID}&tenant=${GLOBEX_ID}`,
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Take the organization from `@CurrentOrg()`.',
  },
  {
    what: 'a public route with a parameter that hides a later route with a rule',
    plant: () => ({ controllers: [ShadowedController] }),
    handler: 'GET /reports/all',
    path: `/reports/all?orgId=${ACME_ID}`,
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', 'finds', '–'],
  },
  {
    what: 'a decorator that depends on the environment, with the option `accessTable`',
    plant: () => ({ controllers: [reportsUnder([Public()])] }),
    options: { accessTable: { 'GET /reports': ADMINS } },
    intruder: null,
    result: 'does not start',
    notices: ['fails', '–', '–'],
  },
  {
    what: 'a module that only production imports, with the option `accessTable`',
    plant: () => ({ imports: [ReportsModule] }),
    options: { accessTable: {} },
    intruder: null,
    result: 'does not start',
    notices: ['fails', '–', '–'],
  },
];
