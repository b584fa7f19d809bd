import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import {
  Controller,
  Get,
  Injectable,
  Module,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import {
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
  type InjectableOrgSource,
  type OrgSourceOption,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import type { Observable } from 'rxjs';
import { startApplication } from '../support/application.js';
import { registerCleanup } from '../support/clean-up.js';
import { routeUnder } from '../support/routes.js';

const issuer = await TestIssuer.create();

/** What the application says when it does not start; an empty text when it does. */
async function startError(
  metadata: ModuleMetadata,
  options: Partial<PropelAuthModuleOptions> & { requireUserByDefault?: boolean } = {},
  imports: Type[] = [],
): Promise<string> {
  try {
    const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options });
    const application = await startApplication({ ...metadata, imports: [forRoot, ...imports] });
    await application.close();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

@Injectable()
class TaskOrgSource implements InjectableOrgSource {
  static readonly reads = { from: 'path', name: 'taskId' } as const;

  orgOf() {
    return { orgId: 'of-the-task' };
  }
}

const noToken = () => undefined;

describe('The startup audit', () => {
  it('finds an organization rule whose path parameter is missing from the path', async () => {
    @Controller('orgs/:id')
    class OrgsController {
      @Get()
      @RequireOrgMember()
      show() {}
    }
    const message = await startError({ controllers: [OrgsController] });
    expect(message).toContain('OrgsController.show (GET /orgs/:id)');
    expect(message).toContain('"orgId"');
    expect(message).toContain("Add { org: orgFromParam('id') } to the rule.");
  });

  it.each<[string, string, OrgSourceOption, string]>([
    [
      'orgs/:organizationId',
      'an id',
      orgFromParam(),
      "Add { org: orgFromParam('organizationId') }",
    ],
    ['steam/:steamId', 'an id', orgFromParam(), 'Add :orgId to the path, or name'],
    ['orgs/:orgSlug', 'an id', orgFromParam(), 'Add :orgId to the path, or name'],
    ['orgs/:orgId', 'a name', orgNameFromParam('slug'), 'Add :slug to the path.'],
    [
      'teams/:teamId/tasks/:id',
      'an organization that it looks up',
      TaskOrgSource,
      'Add :taskId to the path, or correct the name in the reads of the source.',
    ],
  ])(
    'on the path %s, advises what keeps the rule of a source for %s',
    async (path, _what, org, advice) => {
      const controller = routeUnder(path, RequireOrgMember({ org }));
      const message = await startError({ controllers: [controller], providers: [TaskOrgSource] });
      expect(message).toContain(`which this path does not have. ${advice}`);
    },
  );

  it.each([
    ['scripts', RequireApiKey()],
    ['users and API keys', RequireUserOrApiKey()],
  ])('also finds one on a route for %s', async (_whom, forCallers) => {
    @Controller('orgs/:id')
    class OrgsController {
      @Get()
      @forCallers
      @RequireOrgMember()
      show() {}
    }
    expect(await startError({ controllers: [OrgsController] })).toContain('"orgId"');
  });

  it('finds the one path of several without the parameter', async () => {
    @Controller()
    class OrgsController {
      @Get(['orgs/:orgId', 'org'])
      @RequireOrgMember()
      show() {}
    }
    expect(await startError({ controllers: [OrgsController] })).toContain('OrgsController.show');
  });

  it('accepts a path with the parameter, in a prefix or wildcard, and other sources', async () => {
    @Controller('orgs/:orgId')
    class OrgsController {
      @Get()
      @RequireOrgMember()
      show() {}

      @Get('by-name/:tenantId-suffix')
      @RequireOrgMember({ org: orgFromParam('tenantId') })
      byName() {}

      @Get('query')
      @RequireOrgMember({ org: orgFromQuery() })
      query() {}

      @Get('custom')
      @RequireOrgMember({ org: () => undefined })
      custom() {}
    }
    expect(await startError({ controllers: [OrgsController] })).toBe('');
  });

  it('finds a rule on guards, interceptors and middleware, which no guard protects', async () => {
    class Gate {
      @RequireUser()
      canActivate() {
        return true;
      }
    }
    @RequireUser()
    class Timer {
      intercept(_context: unknown, next: { handle(): Observable<unknown> }) {
        return next.handle();
      }
    }
    @RequireUser()
    class Middleware {
      use(_request: unknown, _response: unknown, next: () => void) {
        next();
      }
    }
    @Controller()
    @UseGuards(Gate)
    @UseInterceptors(Timer)
    class OpenController {
      @Get()
      open() {}
    }
    class MiddlewareModule {
      configure(consumer: MiddlewareConsumer) {
        consumer.apply(Middleware).forRoutes(OpenController);
      }
    }
    Module({ controllers: [OpenController] })(MiddlewareModule);
    const message = await startError({ controllers: [OpenController] }, {}, [MiddlewareModule]);
    expect(message).toContain(
      'Gate.canActivate: @RequireUser() has no effect on a method that handles no',
    );
    expect(message).toContain(
      'Timer: @RequireUser() has no effect on a class that handles no requests',
    );
    expect(message).toContain(
      'Middleware: @RequireUser() has no effect on a class that handles no requests',
    );
  });

  it('rejects a rule on a static method or a method named by a symbol at its declaration', () => {
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

  it('fails before a route is registered, even on a server that already listens', async () => {
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

  it('checks the orgSource of the module', async () => {
    @Controller('tenants/:tenantId')
    class TenantsController {
      @Get()
      @RequireOrgMember()
      show() {}
    }
    const metadata = { controllers: [TenantsController] };
    expect(await startError(metadata)).toContain('"orgId"');
    expect(await startError(metadata, { orgSource: orgFromParam('tenantId') })).toBe('');
  });

  it('finds @CurrentUser() only on routes without a guard', async () => {
    @Controller()
    class OpenController {
      @Get()
      open(@CurrentUser() _user: unknown) {}
    }
    const metadata = { controllers: [OpenController] };
    const message = await startError(metadata);
    expect(message).toContain('OpenController.open (GET /): @CurrentUser()');
    expect(message).toContain('@OptionalUser()');
    expect(await startError(metadata, { requireUserByDefault: true })).toBe('');
  });

  it.each<[string, MethodDecorator, { requireUserByDefault?: boolean }]>([
    ['@OnEvent()', SetMetadata('EVENT_LISTENER_METADATA', [{ event: 'x' }]), {}],
    [
      '@OnEvent(), under requireUserByDefault',
      SetMetadata('EVENT_LISTENER_METADATA', [{ event: 'x' }]),
      { requireUserByDefault: true },
    ],
    ['@Cron()', SetMetadata('SCHEDULE_CRON_OPTIONS', {}), { requireUserByDefault: true }],
    ['@Process()', SetMetadata('bull:module_queue_process', {}), { requireUserByDefault: true }],
    ['the decorator of a library, without a guard', SetMetadata('RABBIT_HANDLER', {}), {}],
    [
      'the decorator of a library, whose calls have no token',
      SetMetadata('AGENDA_JOB', {}),
      { requireUserByDefault: true },
    ],
    ['no decorator', () => undefined, { requireUserByDefault: true }],
  ])(
    'finds a parameter for the caller where Nest passes something else: %s',
    async (_what, decorate, options) => {
      @Injectable()
      class Listener {
        @decorate
        on(@CurrentUser() _user: unknown, @CurrentOrg() _org: unknown) {}
      }
      expect(await startError({ providers: [Listener] }, options)).toContain(
        '- Listener.on: @CurrentOrg() and @CurrentUser() have no effect on a method that is called without a guard',
      );
    },
  );

  it('accepts parameters for the caller where a guard or a subclass may give them a value', async () => {
    const RabbitHandler = SetMetadata('RABBIT_HANDLER', {});
    @Injectable()
    class RabbitListener {
      @RabbitHandler
      @RequireUser({ tokenSource: noToken })
      on(@CurrentUser() _user: unknown) {}
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
    const metadata = { providers: [RabbitListener], controllers: [ReportsController] };
    expect(await startError(metadata)).toBe('');

    @Injectable()
    class DefaultListener {
      @RabbitHandler
      on(@CurrentUser() _user: unknown) {}
    }
    const options = { requireUserByDefault: true, tokenSource: noToken };
    expect(await startError({ providers: [DefaultListener] }, options)).toBe('');
  });

  it('accepts a route that a subclass overrides with a plain method, unless that method has a rule', async () => {
    class BaseController {
      @Get('list')
      @RequireUser()
      list() {}

      @Get('rows')
      @RequireUser()
      rows() {}
    }
    @Controller()
    class PlainController extends BaseController {
      override list() {}
    }
    @Controller()
    class RuledController extends BaseController {
      @RequireUser()
      override rows() {}
    }
    expect(await startError({ controllers: [PlainController] })).toBe('');
    const message = await startError({ controllers: [RuledController] });
    expect(message).toContain(
      'RuledController.rows: @RequireUser() has no effect on a method that handles no',
    );
  });

  it('finds rules on methods of services, of classes without handlers and of helpers', async () => {
    @Injectable()
    class ReportsService {
      @RequireUser()
      list() {}
    }
    @Injectable()
    @RequireUser()
    class JobsService {
      run() {}
    }
    @Controller()
    class HelpedController {
      @Get()
      @OptionalUser()
      show() {}

      @RequireUser()
      helper() {}
    }
    const message = await startError({
      controllers: [HelpedController],
      providers: [ReportsService, JobsService],
    });
    expect(message).toContain('ReportsService.list: @RequireUser()');
    expect(message).toContain('JobsService: @RequireUser()');
    expect(message).toContain('HelpedController.helper: @RequireUser()');
    expect(message).toContain('PropelAuthService');
    expect(message).not.toContain('HelpedController.show');
  });

  it.each<[string, (type: Type) => Provider]>([
    ['its class', (type) => type],
    ['a factory', (type) => ({ provide: 'REPORTS', useFactory: () => new type() as object })],
    [
      'an asynchronous factory',
      (type) => ({ provide: 'REPORTS', useFactory: async () => new type() as object }),
    ],
    ['a value', (type) => ({ provide: 'REPORTS', useValue: new type() as object })],
  ])('finds a rule on a service, also an inherited one, provided by %s', async (_how, provide) => {
    class BaseService {
      @RequireUser()
      list() {}

      @Public()
      open() {}
    }
    @Injectable()
    class ReportsService extends BaseService {}
    const message = await startError({ providers: [provide(ReportsService)] });
    expect(message).toContain('ReportsService.list: @RequireUser()');
    expect(message).not.toContain('ReportsService.open');
  });

  it('finds a rule that a service inherits from its class', async () => {
    @RequireUser()
    class BaseService {}
    class ReportsService extends BaseService {
      list() {}
    }
    const provider = { provide: 'REPORTS', useValue: new ReportsService() };
    expect(await startError({ providers: [provider] })).toContain('ReportsService: @RequireUser()');
  });

  it('lists all findings in one error', async () => {
    @Controller()
    class WrongController {
      @Get('a')
      @RequireOrgMember()
      a() {}

      @Get('b')
      b(@CurrentUser() _user: unknown) {}
    }
    const message = await startError({ controllers: [WrongController] });
    expect(message.split('\n- ')).toHaveLength(3);
  });
});
