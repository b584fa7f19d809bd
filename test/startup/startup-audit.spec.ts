import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Scope,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  activeOrg,
  CurrentOrg,
  CurrentUser,
  orgFromArgs,
  orgFromHeader,
  orgFromMessage,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
  type InjectableOrgSource,
  type OrgSource,
} from 'nestjs-propelauth';
import { registerCleanup } from '../support/clean-up.js';
import { graphqlModule } from '../support/graphql.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { alice } from '../support/project.js';
import { classOf, routeUnder } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';
import { connectSocketIo, exception } from '../support/websockets.js';

/** The findings with which an application fails to start; none if it starts. */
async function findingsOf(
  metadata: ModuleMetadata,
  options: Partial<PropelAuthOptions> = {},
): Promise<string[]> {
  const message = await messageOf(startGuarded(metadata, options));
  if (message === '') return [];
  const [heading, ...findings] = message.split('\n- ');
  expect(heading).toBe('These access rules cannot work as they are written:');
  return findings.toSorted();
}

@Injectable()
class TaskOrgSource implements InjectableOrgSource {
  static readonly reads = { from: 'path', name: 'taskId' } as const;

  orgOf() {
    return { orgId: 'of-the-task' };
  }
}

const ofApplication: OrgSource = () => undefined;
const member = RequireOrgMember();

/** Routes whose path lacks the parameter that a rule reads, and what keeps the rule. */
const LACKING: [path: string | string[], MethodDecorator[], parameter: string, advice: string][] = [
  ['orgs/:id', [member], 'orgId', "Add { org: orgFromParam('id') } to the rule."],
  ['scripts/orgs/:id', [RequireApiKey(), member], 'orgId', "Add { org: orgFromParam('id') } to"],
  ['all/orgs/:id', [RequireUserOrApiKey(), member], 'orgId', "Add { org: orgFromParam('id') } to"],
  ['orgs/:organizationId', [member], 'orgId', "Add { org: orgFromParam('organizationId') } to the"],
  ['tenants/:tenantId', [member], 'orgId', "Add { org: orgFromParam('tenantId') } to the rule."],
  ['steam/:steamId', [member], 'orgId', 'Add :orgId to the path, or name'],
  ['orgs/:orgSlug', [member], 'orgId', 'Add :orgId to the path, or name'],
  [['orgs/:orgId', 'org'], [member], 'orgId', 'Add :orgId to the path, or name'],
  [
    'names/:orgId',
    [RequireOrgMember({ org: orgNameFromParam('slug') })],
    'slug',
    'Add :slug to the path.',
  ],
  [
    'teams/:teamId/tasks/:id',
    [RequireOrgMember({ org: TaskOrgSource })],
    'taskId',
    'Add :taskId to the path, or correct the name in the reads of the source.',
  ],
];

describe('The startup audit finds an organization rule', () => {
  it('whose parameter one of the paths lacks, with what keeps the rule', async () => {
    const accepted = [
      routeUnder('accepted/:orgId', member),
      routeUnder('by-name/:tenantId-suffix', RequireOrgMember({ org: orgFromParam('tenantId') })),
      routeUnder('query', RequireOrgMember({ org: orgFromQuery() })),
      routeUnder('custom', RequireOrgMember({ org: ofApplication })),
    ];
    const controllers = LACKING.map(([path, rules]) => routeUnder(path as string, ...rules));
    const findings = await findingsOf({
      controllers: [...controllers, ...accepted],
      providers: [TaskOrgSource],
    });
    const expected = LACKING.map(
      ([path, , parameter, advice]) =>
        `OneRouteController.show (GET ${[path]
          .flat()
          .map((one) => `/${one}`)
          .join(', ')}): The organization rule reads the path parameter ` +
        `"${parameter}", which this path does not have. ${advice}`,
    );
    expect(findings).toEqual(expected.toSorted().map((text) => expect.stringContaining(text)));
  });

  it('unless the orgSource of the module reads what the path has', async () => {
    const controllers = [routeUnder('tenants/:tenantId', member)];
    expect(await findingsOf({ controllers }, { orgSource: orgFromParam('tenantId') })).toEqual([]);
  });

  it('that reads a place which an operation or a WebSocket message does not have', async () => {
    const query = Query(() => String);
    const resolver = classOf('ReportsResolver', [Resolver()], {
      byDefault: [query, member],
      byParam: [query, RequireOrgMember({ org: orgFromParam('id') })],
      byMessage: [query, RequireOrgMember({ org: orgFromMessage() })],
      byArgument: [query, RequireOrgMember({ org: orgFromArgs() })],
      byHeader: [query, RequireOrgMember({ org: orgFromHeader('x-org-id') })],
      byToken: [query, RequireOrgMember({ org: activeOrg() })],
      byFunction: [query, RequireOrgMember({ org: ofApplication })],
    });
    const gateway = classOf('ReportsGateway', [WebSocketGateway()], {
      path: [SubscribeMessage('path'), member],
      message: [SubscribeMessage('message'), RequireOrgMember({ org: orgFromMessage() })],
      header: [SubscribeMessage('header'), RequireOrgMember({ org: orgFromHeader('x-org-id') })],
    });
    const providers = [resolver, gateway];
    expect(await findingsOf({ imports: [graphqlModule()], providers })).toEqual(
      [
        ['ReportsGateway.path (WebSocket message)', 'the path parameter "orgId"'],
        ['ReportsResolver.byDefault (GraphQL operation)', 'the path parameter "orgId"'],
        ['ReportsResolver.byMessage (GraphQL operation)', 'the property of the message "orgId"'],
        ['ReportsResolver.byParam (GraphQL operation)', 'the path parameter "id"'],
      ].map(([handler = '', place]) => {
        const [calls, instead] = handler.startsWith('ReportsGateway')
          ? ['a WebSocket message', 'orgFromMessage()']
          : ['a GraphQL operation', 'orgFromArgs()'];
        return `${handler}: The organization rule reads ${place}, which ${calls} does not have. Set the option org of the rule, for example { org: ${instead} }.`;
      }),
    );
  });
});

const user = RequireUser();
const gate = classOf('Gate', [], { canActivate: [user] });
const timer = classOf('Timer', [user], { intercept: [] });
const middleware = classOf('Middleware', [user], { use: [] });
const behind = [Controller('open'), UseGuards(gate), UseInterceptors(timer)];
const openController = classOf('OpenController', behind, { open: [Get()] });

@Module({ controllers: [openController] })
class MiddlewareModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(middleware).forRoutes(openController);
  }
}

const routes = classOf('Routes', [], { list: [Get('list'), user], rows: [Get('rows'), user] });
const service = classOf('Service', [], { list: [user], open: [Public()] });

/** How a module may provide a service, whose rule is on a method of a parent class. */
const PROVIDED: [name: string, provide: (type: Type) => Provider][] = [
  ['ByClass', (type) => type],
  ['ByFactory', (type) => ({ provide: 'B', useFactory: () => new type() as object })],
  ['ByPromise', (type) => ({ provide: 'C', useFactory: async () => new type() as object })],
  ['ByValue', (type) => ({ provide: 'D', useValue: new type() as object })],
];

const ON_CLASS =
  '@RequireUser() has no effect on a class that handles no requests. Move it to the controller, resolver or gateway that calls this class, ' +
  'or check with PropelAuthService.';
const ON_METHOD =
  '@RequireUser() has no effect on a method that handles no requests. Move it to the handler that calls this method, or check with ' +
  'PropelAuthService.';

describe('The startup audit finds a rule', () => {
  it('that no guard checks: on guards, interceptors, middleware, services, helpers and connections', async () => {
    const me = [SubscribeMessage('me'), user];
    const ruled = classOf('RuledService', [user], {});
    const heir = classOf('HeirService', [], { list: [] }, { parent: ruled });
    const findings = await findingsOf({
      imports: [MiddlewareModule],
      controllers: [
        openController,
        classOf('PlainController', [Controller('plain')], { list: [] }, { parent: routes }),
        classOf('RuledController', [Controller('ruled')], { rows: [user] }, { parent: routes }),
        classOf('HelpedController', [Controller()], { show: [Get()], helper: [user] }),
      ],
      providers: [
        ...PROVIDED.map(([name, provide]) => provide(classOf(name, [], {}, { parent: service }))),
        { provide: 'HEIR', useValue: new heir() as object },
        classOf('JobsService', [Injectable(), user], { run: [] }),
        classOf('ConnectionGateway', [WebSocketGateway()], { handleConnection: [user], me }),
        classOf('NoGateway', [], { me }),
      ],
    });
    expect(findings).toEqual([
      ...PROVIDED.map(([name]) => `${name}.list: ${ON_METHOD}`),
      `ConnectionGateway.handleConnection: ${ON_METHOD}`,
      `Gate.canActivate: ${ON_METHOD}`,
      `HeirService: ${ON_CLASS}`,
      `HelpedController.helper: ${ON_METHOD}`,
      `JobsService: ${ON_CLASS}`,
      `Middleware: ${ON_CLASS}`,
      `NoGateway.me: ${ON_METHOD}`,
      `RuledController.rows: ${ON_METHOD}`,
      `Timer: ${ON_CLASS}`,
    ]);
  });

  it('on a static method or a method named by a symbol, at its declaration', () => {
    const name = Symbol('list');
    class Reports {
      static list() {}
      [name]() {}
    }
    for (const [target, key, what] of [
      [Reports, 'list', 'static method'],
      [Reports.prototype, name, 'method with a symbol'],
    ] as const) {
      const descriptor = Object.getOwnPropertyDescriptor(target, key) as PropertyDescriptor;
      expect(() => RequireUser()(target, key, descriptor)).toThrow(what);
    }
  });

  it('before a route is registered, even on a server that already listens', async () => {
    class Origin {
      @Get('list')
      @RequireUser()
      list() {}
    }
    @Controller()
    class Reports {}
    Object.assign(Reports.prototype, {
      list: Object.getOwnPropertyDescriptor(Origin.prototype, 'list')?.value as unknown,
    });
    const adapter = new ExpressAdapter();
    const listening = createServer(adapter.getInstance()).listen(0, '127.0.0.1');
    registerCleanup(() => promisify(listening.close.bind(listening))());
    await once(listening, 'listening');
    const imports = [PropelAuthModule.forRoot(issuer.moduleOptions)];
    const moduleRef = await Test.createTestingModule({ imports, controllers: [Reports] }).compile();
    const app = moduleRef.createNestApplication(adapter, { logger: false });
    await expect(app.init()).rejects.toThrow('Reports.list (GET /list): The method is');
    const { port } = listening.address() as AddressInfo;
    expect((await fetch(`http://127.0.0.1:${port}/list`)).status).toBe(404);
  });

  it('but accepts one on a gateway whose handlers are inherited, and checks it', async () => {
    class Messages {
      @SubscribeMessage('hello')
      hello() {
        return { event: 'hello', data: 'Hello' };
      }
    }
    @WebSocketGateway()
    @RequireUser()
    class HelloGateway extends Messages {}
    const application = await startGuarded({ providers: [HelloGateway] });
    const stranger = connectSocketIo(application);
    const known = connectSocketIo(application, {
      auth: { token: await issuer.accessToken(alice) },
    });
    expect(await stranger.ask('hello')).toEqual(exception('token_missing', 'hello'));
    expect(await known.ask('hello')).toEqual({ event: 'hello', data: 'Hello' });
  });
});

/** Methods that are called without a guard, by their names. */
const CALLED_BY_OTHERS: [decorator: string, MethodDecorator][] = [
  ['OnEvent', SetMetadata('EVENT_LISTENER_METADATA', [{ event: 'x' }])],
  ['Cron', SetMetadata('SCHEDULE_CRON_OPTIONS', {})],
  ['Process', SetMetadata('bull:module_queue_process', {})],
  ['OfLibrary', SetMetadata('RABBIT_HANDLER', {})],
  ['None', () => undefined],
];

function listenerNamed(name: string, ...decorators: MethodDecorator[]): Type {
  const type = classOf(name, [Injectable()], { on: decorators });
  CurrentOrg()(type.prototype as object, 'on', 1);
  CurrentUser()(type.prototype as object, 'on', 0);
  return type;
}

abstract class Crud {
  @Get()
  @RequireUser()
  list(@CurrentUser() _user: unknown) {}

  show(@CurrentUser() _user: unknown) {}

  unused(@CurrentUser() _user: unknown) {}
}

@Controller('reports')
class ReportsController extends Crud {
  override list() {}

  @Get('one')
  @RequireUser()
  override show() {}
}

const noToken = () => undefined;

/** A class with a handler `open` that takes the user. */
function handlerOf(name: string, ofClass: ClassDecorator, ...decorators: MethodDecorator[]) {
  const type = classOf(name, [ofClass], { open: decorators });
  CurrentUser()(type.prototype as object, 'open', 0);
  return type;
}

describe('The startup audit finds a parameter for the caller', () => {
  it.each([{}, { requireUserByDefault: true }])(
    'where Nest passes something else, under %j',
    async (options) => {
      const providers = CALLED_BY_OTHERS.map(([name, decorate]) => listenerNamed(name, decorate));
      const withToken = RequireOrgMember({ org: ofApplication, tokenSource: noToken });
      providers.push(listenerNamed('Accepted', SetMetadata('RABBIT_HANDLER', {}), withToken));
      const findings = await findingsOf({ providers, controllers: [ReportsController] }, options);
      expect(findings).toEqual(
        CALLED_BY_OTHERS.map(
          ([name]) =>
            `${name}.on: @CurrentOrg() and @CurrentUser() have no effect on a method that is called without a guard, and the parameter is what ` +
            'the call passes. Remove the decorator, and pass the id of the user in the event or job.',
        ).toSorted(),
      );
    },
  );

  it('unless a library calls the guard, which knows where the token is', async () => {
    @Injectable()
    class DefaultListener {
      @SetMetadata('RABBIT_HANDLER', {})
      on(@CurrentUser() _user: unknown) {}
    }
    const options = { requireUserByDefault: true, tokenSource: noToken };
    expect(await findingsOf({ providers: [DefaultListener] }, options)).toEqual([]);
  });

  it('on a handler without a rule, unless a user is required by default, and under @Public()', async () => {
    const controllers = [handlerOf('OpenController', Controller(), Get())];
    const openQuery = Query(() => String, { name: 'open' });
    const resolver = handlerOf('OpenResolver', Resolver(), openQuery);
    const gateway = handlerOf('OpenGateway', WebSocketGateway(), SubscribeMessage('open'));
    const ofEveryone = handlerOf(
      'PublicResolver',
      Resolver(),
      Query(() => String),
      Public(),
    );
    const imports = [graphqlModule()];
    const finding =
      '@CurrentUser() never has a value on a route without an access rule. Add @RequireUser() or @OptionalUser().';
    const providers = [resolver, gateway, ofEveryone];
    expect(await findingsOf({ imports, controllers, providers })).toEqual([
      `OpenController.open (GET /): ${finding}`,
      `OpenGateway.open (WebSocket message): ${finding}`,
      `OpenResolver.open (GraphQL operation): ${finding}`,
      'PublicResolver.open (GraphQL operation): @CurrentUser() never has a value under @Public(), which ignores access tokens. Use ' +
        '@OptionalUser() instead of @Public().',
    ]);
    const options = { requireUserByDefault: true };
    expect(await findingsOf({ imports, controllers, providers: [resolver] }, options)).toEqual([]);
  });
});

describe('A request-scoped global guard', () => {
  it.each([Scope.REQUEST, Scope.TRANSIENT])(
    'fails startup with a gateway without a rule, because Nest does not call the guard there: scope %s',
    async (scope) => {
      const gateway = classOf('OpenGateway', [WebSocketGateway()], {
        list: [SubscribeMessage('list')],
      });
      const guard = { provide: APP_GUARD, useClass: PropelAuthGuard, scope };
      expect(await messageOf(startGuarded({ providers: [gateway, guard] }))).toContain(
        'the global guard does not reach gateways',
      );
    },
  );
});
