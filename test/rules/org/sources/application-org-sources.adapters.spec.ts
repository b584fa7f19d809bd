import {
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  NotFoundException,
  Scope,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import {
  CurrentOrg,
  getCurrentUser,
  orgFromHeader,
  orgFromQuery,
  PropelAuthConfigurationError,
  PropelAuthModule,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  type InjectableOrgSource,
  type OrgMemberInfo,
  type OrgReference,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { failureOf, startApplication } from '../../../support/application.js';
import {
  ACME,
  ACME_ID,
  alice,
  bob,
  carol,
  dave,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  ROLES,
  userIn,
} from '../../../support/project.js';
import { CurrentCaller, routeUnder, type Caller } from '../../../support/routes.js';
import { messageOf } from '../../../support/start-error.js';

const issuer = await TestIssuer.create({ roles: [...ROLES, 'Billing'] });

/** To which organization invoices belong, as a database says. */
@Injectable()
class Invoices {
  asked = 0;

  async orgIdOf(id: string | undefined): Promise<string | undefined> {
    this.asked++;
    return { 'of-acme': ACME_ID, 'of-globex': GLOBEX_ID }[id ?? ''];
  }
}

@Injectable()
class InvoiceOrgSource implements InjectableOrgSource {
  constructor(private readonly invoices: Invoices) {}

  async orgOf(context: ExecutionContext): Promise<OrgReference | undefined> {
    const { params } = context.switchToHttp().getRequest<{ params: Record<string, string> }>();
    const orgId = await this.invoices.orgIdOf(params['id']);
    return orgId === undefined ? undefined : { orgId };
  }
}

@Controller('invoices')
class InvoicesController {
  @Get(':id')
  @RequireOrgMember({ org: InvoiceOrgSource })
  @RequireOrgRole('Admin')
  show(@CurrentOrg() org: OrgMemberInfo) {
    return { orgId: org.orgId };
  }
}

function start(
  controllers: Type[],
  options: object = {},
  providers: Type[] = [Invoices, InvoiceOrgSource],
) {
  return startApplication({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
    controllers,
    providers,
  });
}

async function statusOf(url: string, path: string, user: TestUser | null, headers = {}) {
  const { status, body } = await request(url)
    .get(path)
    .set({ ...(await headersOf(issuer, user)), ...headers });
  return { status, orgId: body.orgId };
}

describe('An organization source that is a provider', () => {
  it('finds the organization in data of the application', async () => {
    const { url } = await start([InvoicesController]);
    expect(await statusOf(url, '/invoices/of-acme', bob)).toEqual({ status: 200, orgId: ACME_ID });
    expect(await statusOf(url, '/invoices/of-acme', carol)).toMatchObject({ status: 403 });
    expect(await statusOf(url, '/invoices/of-globex', bob)).toMatchObject({ status: 403 });
    expect(await statusOf(url, '/invoices/unknown', bob)).toMatchObject({ status: 403 });
    expect(await statusOf(url, '/invoices/of-acme', null)).toMatchObject({ status: 401 });
  });

  it('is called once per call, after the caller is known', async () => {
    const { app, url } = await start([InvoicesController]);
    const invoices = app.get(Invoices);
    await statusOf(url, '/invoices/of-acme', null);
    expect(invoices.asked).toBe(0);
    await statusOf(url, '/invoices/of-acme', bob);
    expect(invoices.asked).toBe(1);
    await statusOf(url, '/invoices/of-acme', bob);
    expect(invoices.asked).toBe(2);
  });

  it('can be the orgSource of the module', async () => {
    const controller = routeUnder('things/:id', RequireOrgMember());
    const { url } = await start([controller], { orgSource: InvoiceOrgSource });
    expect(await statusOf(url, '/things/of-acme', bob)).toEqual({ status: 200, orgId: ACME_ID });
    expect(await statusOf(url, '/things/of-globex', bob)).toMatchObject({ status: 403 });
  });

  @Injectable({ scope: Scope.REQUEST })
  class RequestScopedSource implements InjectableOrgSource {
    orgOf() {
      return undefined;
    }
  }

  it.each<[string, Type, Type[]]>([
    ['that no module provides', InvoiceOrgSource, []],
    ['that is request-scoped', RequestScopedSource, [RequestScopedSource]],
  ])('%s fails startup', async (_what, source, providers) => {
    const controller = routeUnder('things/:id', RequireOrgMember({ org: source as never }));
    const failure = await failureOf(start([controller], {}, providers));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toContain(source.name);
  });
});

async function orgOfCaller(context: ExecutionContext): Promise<OrgReference> {
  await Promise.resolve();
  return { orgId: getCurrentUser(context)?.userId === bob.userId ? ACME_ID : GLOBEX_ID };
}

describe('An organization source that is asynchronous', () => {
  it('has access to the caller', async () => {
    const source = orgOfCaller;
    const { url } = await start([routeUnder('things', RequireOrgMember({ org: source }))]);
    expect(await statusOf(url, '/things', bob)).toEqual({ status: 200, orgId: ACME_ID });
    expect(await statusOf(url, '/things', alice)).toMatchObject({ status: 403 });
  });

  it('can return any thenable', async () => {
    const query = {
      // oxlint-disable-next-line unicorn/no-thenable -- as those of database clients are
      then: (resolve: (reference: OrgReference) => void) => resolve({ orgId: ACME_ID }),
    };
    const org = () => query as unknown as Promise<OrgReference>;
    const { url } = await start([routeUnder('things', RequireOrgMember({ org }))]);
    expect(await statusOf(url, '/things', bob)).toEqual({ status: 200, orgId: ACME_ID });
    expect(await statusOf(url, '/things', dave)).toMatchObject({ status: 403 });
  });

  it.each<[string, () => unknown, number]>([
    ['403', () => new ForbiddenException('Not yours'), 403],
    ['404', () => new NotFoundException(), 404],
    ['an HttpException', () => new HttpException('Gone', 410), 410],
    ['an error that is not an HttpException', () => new Error('A database is down'), 500],
    ['a value that is not an error', () => 'a text', 500],
  ])('that rejects with %s returns that error, never access', async (_what, reason, status) => {
    const rejecting = () => Promise.reject(reason());
    const throwing = () => {
      throw reason() as Error;
    };
    for (const org of [rejecting, throwing]) {
      const { url } = await start([routeUnder('things', RequireOrgMember({ org }))]);
      expect(await statusOf(url, '/things', bob)).toMatchObject({ status });
      expect(await statusOf(url, '/things', null)).toMatchObject({ status: 401 });
    }
  });
});

async function rejectLater(): Promise<never> {
  await Promise.resolve();
  throw new NotFoundException();
}

function throwAtOnce(): never {
  throw new ForbiddenException();
}

describe('A source that rejects next to one that throws', () => {
  it.each([
    ['the method', rejectLater, throwAtOnce],
    ['the class', throwAtOnce, rejectLater],
  ])('on %s leaves no unhandled rejection', async (_where, ofMethod, ofClass) => {
    @Controller('both')
    @RequireOrgMember({ org: ofClass })
    class BothController {
      @Get()
      @RequireOrgMember({ org: ofMethod })
      show() {}
    }
    const { url } = await start([BothController]);
    expect(await statusOf(url, '/both', bob)).toMatchObject({ status: 403 });
    // Jest fails a test during which a rejection is unhandled.
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('The source of a class', () => {
  @Controller('two/:orgId')
  @RequireOrgMember()
  class TwoSourcesController {
    @Get('admin')
    @RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') })
    admin(@CurrentCaller() caller: Caller) {
      return caller;
    }
  }

  it('still applies if a method has its own: both must name the same organization', async () => {
    const erin = userIn('erin', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Admin' });
    const { url } = await start([TwoSourcesController]);
    const path = `/two/${ACME_ID}/admin`;
    expect(await statusOf(url, path, erin, { 'x-org-id': ACME_ID })).toEqual({
      status: 200,
      orgId: ACME_ID,
    });
    for (const [user, id] of [
      [erin, GLOBEX_ID],
      [dave, ACME_ID],
      [userIn('frank', { ...GLOBEX, role: 'Admin' }), GLOBEX_ID],
    ] as const) {
      expect(await statusOf(url, path, user, { 'x-org-id': id })).toMatchObject({ status: 403 });
    }
  });

  it('fails startup if one of its routes cannot have it', async () => {
    @Controller()
    @RequireOrgMember()
    class Reports {
      @Get('reports')
      @RequireOrgRole('Admin', { org: orgFromQuery() })
      list() {}
    }
    const message = await messageOf(start([Reports]));
    expect(message).toContain('Reports.list (GET /reports)');
    expect(message).toContain('path parameter "orgId"');
  });

  it('fails startup next to another source on the same class', async () => {
    const controller = routeUnder(
      'things/:orgId',
      RequireOrgMember({ org: orgFromQuery() }),
      RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') }),
    );
    expect(await messageOf(start([controller]))).toContain('have different org sources');
  });
});

describe('Alternatives', () => {
  const people = {
    owner: userIn('owner', { ...ACME, role: 'Owner' }),
    admin: userIn('admin', { ...ACME, role: 'Admin' }),
    member: userIn('member', { ...ACME, role: 'Member' }),
    billing: userIn('billing', { ...ACME, role: 'Billing', permissions: ['can_edit_billing'] }),
    several: userIn('several', { ...ACME, role: 'Member', additionalRoles: ['Billing'] }),
  };

  it.each([
    ['roles', RequireOrgRole({ anyOf: ['Owner', 'Billing'] }), ['owner', 'billing', 'several']],
    ['one role, exactly', RequireOrgRole({ anyOf: ['Admin'] }), ['admin']],
    [
      'permissions',
      RequirePermission({ anyOf: ['can_edit_billing', 'can_fly'] }),
      ['owner', 'billing'],
    ],
    [
      'all of several permissions',
      RequirePermission(['can_view_billing', 'can_edit_billing']),
      ['owner'],
    ],
  ])('accept a user who has one: %s', async (_what, rule, expected) => {
    const { url } = await start([routeUnder('things/:orgId', rule)]);
    const admitted: string[] = [];
    for (const [name, user] of Object.entries(people)) {
      if ((await statusOf(url, `/things/${ACME_ID}`, user)).status === 200) admitted.push(name);
    }
    expect(admitted).toEqual(expected);
  });

  it.each<[string, () => unknown]>([
    ['no role', () => RequireOrgRole({ anyOf: [] })],
    ['an empty role', () => RequireOrgRole({ anyOf: [''] })],
    ['a string instead of a list', () => RequireOrgRole({ anyOf: 'Owner' as never })],
    ['another key', () => RequireOrgRole({ anyOf: ['Owner'], allOf: [] } as never)],
    ['exact next to them', () => RequireOrgRole({ anyOf: ['Owner'] }, { exact: true })],
    ['no permission', () => RequirePermission({ anyOf: [] })],
    ['a number', () => RequirePermission({ anyOf: [7 as never] })],
    ['nothing', () => RequirePermission({} as never)],
  ])('are checked when the class is defined: %s', (_what, decorate) => {
    expect(decorate).toThrow(TypeError);
  });
});
