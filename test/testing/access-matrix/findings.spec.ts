import {
  All,
  Body,
  Catch,
  Controller,
  Delete,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  Module,
  Post,
  Scope,
  VersioningType,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type MiddlewareConsumer,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import type { IncomingMessage } from 'node:http';
import {
  DenyImpersonation,
  orgFromBody,
  orgNameFromParam,
  PropelAuthGuard,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type OrgSource,
  type User,
} from 'nestjs-propelauth';
import { expectAccess, type HoldOptions } from 'nestjs-propelauth/testing';
import {
  messageOf,
  startMatrixApplication,
  type MatrixApplicationOptions,
} from '../../support/access-matrix.js';
import { graphqlModule } from '../../support/graphql.js';
import { classOf, routeUnder } from '../../support/routes.js';

/** An application, and what `toHold()` says about it. */
interface Finding extends MatrixApplicationOptions {
  readonly what: string;
  readonly hold?: HoldOptions;
  readonly says: readonly (string | RegExp)[];
  /** How often it says these texts, where that is part of the promise. */
  readonly times?: Readonly<Record<string, number>>;
  /** With these options it passes. Default: it never does. */
  readonly passesWith?: HoldOptions;
}

/** The handlers that have run: none may. */
const ran: string[] = [];

const OrgsController = classOf(
  'OrgsController',
  [Controller('orgs/:orgId')],
  {
    remove: [Delete(), RequireOrgRole('Admin')],
    billing: [Get('billing'), RequirePermission('can_view_billing')],
    members: [Get('members'), RequireOrgMember()],
  },
  { run: (name) => ran.push(name) },
);

const UsersController = classOf('UsersController', [Controller('users')], {
  me: [Get('me'), RequireUser()],
});

const ME = 'GET /users/me (UsersController.me)';
const OPEN = routeUnder('metrics');
const adminRoute = routeUnder('orgs/:orgId', RequireOrgRole('Admin'));

/** The mistake of many a subclass: what fails is let in. */
@Injectable()
class LenientGuard extends PropelAuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    try {
      return (await super.canActivate(context)) === true;
    } catch {
      return true;
    }
  }
}

@Injectable()
class NeverGuard extends PropelAuthGuard {
  override canActivate(): never {
    throw new ForbiddenException();
  }
}

/** What the guard of an application may do that has users of its own who may do everything. */
@Injectable()
class LetsInOwners extends PropelAuthGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<{ user?: User } & IncomingMessage>();
    const [, payload = ''] = request.headers.authorization?.split('.') ?? [];
    const isOwner = Buffer.from(payload, 'base64url').toString().includes('"user_role":"Owner"');
    return isOwner || ((await super.canActivate(context)) as boolean);
  }
}

@Injectable()
class LetsInAll implements CanActivate {
  canActivate() {
    return true;
  }
}

/** Answers errors alone, and closes the connection for what is none. */
@Catch(HttpException)
class ErrorsFilter implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost) {
    const request = host.switchToHttp().getRequest<IncomingMessage>();
    if (exception.getStatus() < 400) request.socket.destroy();
    else throw exception;
  }
}

@Controller({ path: 'replaced', scope: Scope.REQUEST })
class ReplacedController {
  constructor() {
    this.list = this.other.bind(this);
  }

  @Get()
  @RequireUser()
  list() {}

  @Get('other')
  @RequireUser()
  @DenyImpersonation()
  other() {}
}

@Controller('orgs/:orgId')
class CopiesController {
  @Post('copies')
  @RequireOrgMember()
  copy(@Body('orgId') _orgId: string) {}
}

const FirstController = classOf(
  'FirstController',
  [Controller({ path: 'reports', version: '1' })],
  { list: [Get()] },
);
const SecondController = classOf(
  'SecondController',
  [Controller({ path: 'reports', version: '2' })],
  { list: [Get(), RequireUser()] },
);

const AccountsController = classOf('AccountsController', [Controller('accounts')], {
  remove: [Delete(), RequireOrgRole('Admin', { org: orgFromBody('orgId') })],
});

const ThingsController = classOf('ThingsController', [Controller('things')], {
  show: [Get(':id'), RequireUser()],
  change: [All(':thing'), RequireApiKey()],
});

/** Removes headers that only a proxy may set. */
@Module({})
class HeadersModule {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply((request: IncomingMessage, _response: unknown, next: () => void) => {
        for (const name of Object.keys(request.headers)) {
          if (name.startsWith('x-')) delete request.headers[name];
        }
        next();
      })
      .forRoutes('{*path}');
  }
}

const orgOfInvoice: OrgSource = (context) => {
  const { params } = context.switchToHttp().getRequest<{ params: { id: string } }>();
  return params.id === 'invoice-1' ? { orgId: 'acme' } : undefined;
};

const orgInQuery: OrgSource = (context) => {
  const { query } = context.switchToHttp().getRequest<{ query: { of: string } }>();
  return { orgId: query.of };
};

const throwingSource: OrgSource = () => {
  throw new Error('No organization for this call');
};

/** A resolver of the operation `Query.me`. */
const meResolver = (name: string) =>
  classOf(name, [Resolver()], { me: [Query(() => String, { name: 'me' }), RequireUser()] });

/** Repeats the token of a GraphQL call in an error. */
const repeatingGuard: CanActivate = {
  canActivate(context) {
    const { req } = context.getArgByIndex<{ req: IncomingMessage }>(2);
    throw new Error(`No entry for ${req.headers.authorization}`);
  },
};

const NO_JSON: Record<string, unknown> = { number: 1n };
NO_JSON['self'] = NO_JSON;

const tokenInQuery = (context: ExecutionContext) =>
  context.switchToHttp().getRequest<{ query: { token?: string } }>().query.token;

const replacedBy =
  (guard: Type<CanActivate>): MatrixApplicationOptions['override'] =>
  (builder) =>
    builder.overrideProvider(PropelAuthGuard).useClass(guard);

const inFront = (canActivate: () => unknown) => [{ provide: APP_GUARD, useValue: { canActivate } }];

/** Lets in as many calls as `allowed`. */
function limiter(allowed: number) {
  let calls = 0;
  return inFront(() => {
    calls += 1;
    if (calls > allowed) throw new HttpException('Too many requests', 429);
    return true;
  });
}

const FINDINGS: readonly Finding[] = [
  {
    what: 'a subclass of the guard that allows callers whom it should reject',
    controllers: [adminRoute],
    override: replacedBy(LenientGuard),
    says: [
      'GET /orgs/:orgId (OneRouteController.show) allows:',
      '  - a member of another organization\n',
      '  - a user whose token has expired\n',
      '  Its rule: Admin and above of the org in path orgId.\n',
      '  The guard rejected these calls, but they still reached the handler.',
    ],
    times: { 'a member with the role Owner': 0 },
  },
  {
    what: 'a guard that replaces that of the package',
    controllers: [UsersController],
    override: replacedBy(LetsInAll),
    says: [`${ME} allows:`, '  - a caller without credentials\n', 'so the rule is not enforced'],
  },
  {
    what: 'a guard that rejects permitted callers without a decision',
    controllers: [UsersController],
    override: replacedBy(NeverGuard),
    says: [`${ME} was not tried.\n  Its rule: user.\n  Sent as a user; the response was 403.\n`],
  },
  {
    what: 'a guard that allows owners of other organizations, and users without a permission',
    controllers: [OrgsController],
    override: replacedBy(LetsInOwners),
    says: [
      /^DELETE \/orgs\/:orgId .*\nGET \/orgs\/:orgId\/members .*\nEach/mu,
      'Each of these 2 handlers allows a member of another organization.',
      /^GET \/orgs\/:orgId\/billing .* allows:\n {2}- a member without/mu,
    ],
  },
  {
    what: 'a guard that allows other callers, also if the client gets no response',
    controllers: [OrgsController],
    prepare: (created) => created.useGlobalFilters(new ErrorsFilter()),
    override: replacedBy(LetsInAll),
    says: [
      'DELETE /orgs/:orgId (OrgsController.remove) allows:',
      '  - a member with the role Member\n',
    ],
  },
  {
    what: 'a handler whose calls get no response, and calls it once',
    controllers: [UsersController],
    providers: inFront(() => new Promise(() => {})),
    says: [`${ME} was not tried.\n  Its rule: user.\n  There was no complete response within 3 s.`],
  },
  {
    what: 'a handler that a constructor replaces, so that its rule is unknown',
    controllers: [ReplacedController],
    says: ['GET /replaced (ReplacedController.list) is not reached'],
  },
  {
    what: 'a route that names another organization beside the one that its rule reads',
    controllers: [CopiesController],
    says: [
      'POST /orgs/:orgId/copies (CopiesController.copy) names an organization where no rule reads it (body orgId).\n',
    ],
  },
  {
    what: 'an open route, unless it is in except',
    controllers: [OPEN, UsersController],
    says: ['GET /metrics (OneRouteController.show) is open: it has no access decorator.'],
    passesWith: { except: ['GET /metrics'] },
  },
  ...[
    { from: 'any handler', allowed: 3, list: ['GET /orgs/:orgId (OneRouteController.show)', ME] },
    { from: 'the last one', allowed: 14, list: [ME] },
  ].map(({ from, allowed, list }) => ({
    what: `that a rate limiter in front keeps it from trying ${from}, and says to override it`,
    controllers: [adminRoute, UsersController],
    providers: limiter(allowed),
    says: [
      'A rate limiter counts the calls (429). Override it',
      'overrideProvider(OtherGuard)',
      `except: [\n${list.map((name) => `  "${name}",\n`).join('')}]`,
    ],
  })),
  {
    what: 'that a guard of another library in front keeps it from trying any handler',
    controllers: [UsersController],
    providers: inFront(() => false),
    says: [
      'the response was 403.\n  Another guard, a middleware or something else',
      'overrideGuard(OtherGuard)',
      'for a global guard register { provide: APP_GUARD, useExisting: OtherGuard } and call overrideProvider(OtherGuard)',
    ],
  },
  {
    what: 'a name in except that no handler has, and what names look like',
    controllers: [UsersController],
    hold: { except: ['GET /user/me'] },
    says: [
      'except lists "GET /user/me", but no handler has this name. Remove it, or correct it. Names look like "GET /orgs/:orgId", "Query.reports", "event reports".',
    ],
  },
  {
    what: 'an unknown name in except, also if it could try no handler',
    controllers: [OrgsController],
    providers: inFront(() => false),
    hold: { except: ['GET /nothing'] },
    says: ['except lists "GET /nothing", but no handler has this name.'],
  },
  {
    what: 'a name in except that several handlers have',
    controllers: [FirstController, SecondController],
    prepare: (created) =>
      created.enableVersioning({ type: VersioningType.HEADER, header: 'version' }),
    hold: { except: ['GET /reports'] },
    says: [
      'List the ones you mean: "GET /reports (FirstController.list)", "GET /reports (SecondController.list)".',
    ],
    passesWith: {
      except: ['GET /reports (FirstController.list)'],
      argsFor: () => ({ headers: { version: '2' } }),
    },
  },
  {
    what: 'that only the application can find an organization, and says what to pass',
    controllers: [routeUnder('invoices/:id', RequireOrgMember({ org: orgOfInvoice }))],
    says: [
      'GET /invoices/:id (OneRouteController.show) was not tried.\n' +
        '  Its rule: members of the org that the application names.\n  Your own source',
      'from orgFor',
    ],
    passesWith: { orgFor: () => 'acme', argsFor: () => ({ params: { id: 'invoice-1' } }) },
  },
  {
    what: 'that the token is elsewhere, and says what to pass',
    controllers: [routeUnder('downloads', RequireUser({ tokenSource: tokenInQuery }))],
    says: ['rejects a user (token_missing).', 'return the values that it reads from argsFor'],
    passesWith: {
      argsFor: (_handler, { token }) => (token === undefined ? undefined : { query: { token } }),
    },
  },
  {
    what: 'that a source of the application throws, without repeating its message',
    controllers: [routeUnder('reports', RequireOrgMember({ org: throwingSource }))],
    hold: { orgFor: () => 'acme' },
    says: ['A function of the application throws, or a setting is missing: see its log.'],
    times: { 'No organization': 0 },
  },
  {
    what: 'that a guard in front throws, without the token that its error repeats',
    imports: [graphqlModule()],
    providers: [meResolver('UsersResolver')],
    prepare: (created) => created.useGlobalGuards(repeatingGuard),
    says: ['Sent as a user; the response was 400.'],
    times: { 'Bearer ey': 0 },
  },
  {
    what: 'an operation that two resolvers have',
    imports: [graphqlModule()],
    providers: [meResolver('FirstResolver'), meResolver('SecondResolver')],
    says: [
      /Query\.me \(FirstResolver\.me\) is not reached: SecondResolver\.me answers instead\.[^]*\n {2}The other handler is registered/u,
    ],
  },
  {
    what: 'as many problems as fit on a screen, and says how many more there are',
    controllers: Array.from({ length: 23 }, (_, index) => routeUnder(`open-${index}`)),
    says: [
      /^(?:GET \/open-\d+ \(OneRouteController\.show\): open\n){20}and 3 more handlers\nEach of these 23 handlers is open: it has no access/mu,
    ],
    times: { 'Add an access decorator': 1 },
  },
  {
    what: 'different problems, as far as they fit',
    controllers: Array.from({ length: 23 }, (_, index) =>
      routeUnder(`orgs/:orgId/things-${index}`, RequirePermission(`can_view_${index}`)),
    ),
    override: replacedBy(LetsInAll),
    says: ['and 3 more problems'],
    times: { ' allows:\n': 20 },
  },
  ...[
    { what: 'an application without handlers', controllers: [], except: [] },
    {
      what: 'handlers that except lists, all of them',
      controllers: [OrgsController],
      except: ['DELETE /orgs/:orgId', 'GET /orgs/:orgId/billing', 'GET /orgs/:orgId/members'],
    },
  ].map(({ what, controllers, except }) => ({
    what: `that it has nothing to try: ${what}`,
    controllers,
    hold: { except },
    says: [/^toHold\(\) has no handler to try/u],
  })),
];

describe('toHold() finds', () => {
  it.each(FINDINGS)(
    '$what',
    async ({ what: _what, hold, says, times = {}, passesWith, ...options }) => {
      const { app } = await startMatrixApplication(options);
      const message = await messageOf(expectAccess(app).toHold(hold));
      for (const said of says) expect(message).toMatch(said);
      for (const [text, count] of Object.entries(times))
        expect(message.split(text)).toHaveLength(count + 1);
      expect(ran).toEqual([]);
      if (passesWith !== undefined) await expectAccess(app).toHold(passesWith);
    },
  );

  it('a route whose organization no rule checks, unless that is meant, and says nothing else', async () => {
    const { app } = await startMatrixApplication({
      controllers: [
        routeUnder('orgs/:orgId/projects', RequireUser()),
        routeUnder('orgs/:orgId/logo', RequireUser({ uncheckedOrg: true })),
      ],
    });
    expect(await messageOf(expectAccess(app).toHold())).toBe(
      'toHold() found problems with the access rules:\n\n' +
        'GET /orgs/:orgId/projects (OneRouteController.show) names an organization (path orgId) and does not check it.\n' +
        '  Its rule: user.\n' +
        '  Add @RequireOrgMember() or another organization rule; if every user may call it, or it checks the organization itself, say so: ' +
        '@RequireUser({ uncheckedOrg: true }).',
    );
    await expectAccess(app).toHold({ except: ['GET /orgs/:orgId/projects'] });
  });

  it('handlers whose organization only the application finds, says what to pass once, and prints the list for except', async () => {
    const ofTheApplication = RequireOrgMember({ org: () => ({ orgId: 'acme' }) });
    const rows = [1, 2, 3].map((row) => routeUnder(`rows/${row}`, ofTheApplication));
    const { app } = await startMatrixApplication({
      controllers: [OrgsController, ...rows],
      nest: { logger: false },
    });
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toContain('\nEach of these 3 handlers was not tried.\n');
    expect(review.match(/orgFor/gu)).toHaveLength(1);
    expect(review).toMatch(
      /\n\ntoHold\(\) did not try 3 of 6 handlers\. [^\n]+\n\nexcept: \[\n(?: {2}"GET \/rows\/[123] \(OneRouteController\.show\)",\n){3}\],$/u,
    );
    const except = review.match(/(?<=^ {2}").*(?=",$)/gmu) ?? [];
    expect((await expectAccess(app).toHold({ except })).tried).toHaveLength(3);
    expect((await expectAccess(app).toHold({ orgFor: () => 'acme' })).tried).toHaveLength(6);
  });
});

describe('toHold() finds no problem with', () => {
  it.each<[what: string, options: MatrixApplicationOptions, hold: HoldOptions]>([
    [
      'arguments that argsFor looks up',
      { controllers: [routeUnder('invoices', RequireOrgMember({ org: orgInQuery }))] },
      { argsFor: async (_handler, { orgId }) => ({ query: { of: orgId } }) },
    ],
    [
      'values from argsFor that JSON does not support',
      { controllers: [UsersController] },
      { argsFor: () => ({ args: NO_JSON }) },
    ],
    [
      'an application that removes headers',
      { controllers: [OrgsController], imports: [HeadersModule] },
      {},
    ],
    // Fastify has no such routes.
    [
      'a route for all methods, which it calls with one that the route in front of it does not have',
      { controllers: [ThingsController] },
      {},
    ],
    [
      'a route for all methods, which it calls with one that a route in except does not have',
      { controllers: [ThingsController] },
      { except: ['GET /things/:id'] },
    ],
    ['an organization in the body of DELETE', { controllers: [AccountsController] }, {}],
  ])('%s', async (_what, options, hold) => {
    const { app } = await startMatrixApplication(options);
    const { tried, notTried } = await expectAccess(app).toHold(hold);
    expect(tried).not.toEqual([]);
    expect(notTried).toEqual([]);
    expect(ran).toEqual([]);
  });

  it('an organization that a source reads by its name', async () => {
    const byName = RequireOrgMember({ org: orgNameFromParam('orgName') });
    const { app, emulator } = await startMatrixApplication({
      controllers: [routeUnder('orgs/:orgName', byName)],
    });
    const orgId = '5a1f0c52-4c5b-4b7e-9c5e-6d3c5b8f0a11';
    emulator.addUser({
      email: 'alice@example.com',
      orgs: [{ orgId, orgName: 'Acme Inc', role: 'Admin' }],
    });
    expect((await expectAccess(app).toHold({ orgFor: () => orgId })).notTried).toEqual([]);
  });
});
