import {
  Body,
  Controller,
  Global,
  Inject,
  Injectable,
  Module,
  Post,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type DynamicModule,
  type ExecutionContext,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import {
  OnPropelAuthEvent,
  PropelAuthConfigurationError,
  PropelAuthModule,
  PropelAuthWebhooks,
  type PropelAuthEvent,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { beforeTests, failureOf, startApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';
import { created, send, startWithHandlers } from './event-application.js';

/** What was called, in order. */
const calls: string[] = [];
const noted = (call: string) => void calls.push(call);

beforeEach(() => void calls.splice(0));

/** What handlers are called for an event. */
async function callsFor(
  providers: Provider[],
  event: object,
  metadata?: ModuleMetadata,
): Promise<string[]> {
  const application = await startWithHandlers(providers, metadata);
  expect(await send(application, event)).toBe(204);
  return calls.splice(0);
}

/** A class of this name with two handlers. */
function handlerClass(name: string): Type {
  class Handler {
    @OnPropelAuthEvent()
    async b() {
      await new Promise((resolve) => setImmediate(resolve));
      noted(`${name}.b`);
    }

    @OnPropelAuthEvent()
    a() {
      noted(`${name}.a`);
    }
  }
  Object.defineProperty(Handler, 'name', { value: name });
  return Handler;
}

/** As a tool for tracing does it, say. */
const replace: MethodDecorator = (_target, _name, descriptor) => {
  descriptor.value = (() => noted('replaced')) as never;
};

describe('@OnPropelAuthEvent()', () => {
  class Base {
    @OnPropelAuthEvent('user.created')
    inherited() {
      noted('inherited');
    }

    @OnPropelAuthEvent('user.created')
    overridden() {
      noted('overridden');
    }

    @OnPropelAuthEvent('user.created')
    overriddenWithDecorator() {
      noted('of the base');
    }
  }

  class Derived extends Base {
    override overridden() {
      noted('not a handler');
    }

    @OnPropelAuthEvent('user.deleted')
    override overriddenWithDecorator() {
      noted('of the derived class');
    }
  }

  class Handler {
    get broken(): string {
      throw new Error('a getter was called');
    }

    @OnPropelAuthEvent('user.created', 'user.updated', 'user.created')
    named() {
      noted('named');
    }

    @OnPropelAuthEvent('user.created')
    @OnPropelAuthEvent('user.deleted')
    addedUp() {
      noted('added up');
    }

    @OnPropelAuthEvent('user.created')
    @OnPropelAuthEvent()
    addedUpToAll() {
      noted('added up to all');
    }

    @replace
    @OnPropelAuthEvent('user.created')
    replaced() {}
  }

  class Provided {
    constructor(private readonly by: string) {}

    @OnPropelAuthEvent('user.created')
    handle() {
      noted(`by ${this.by}`);
    }
  }
  class OfFactory extends Provided {}

  @Controller()
  class OfController {
    @OnPropelAuthEvent('user.created')
    handle() {
      noted('by a controller');
    }
  }

  const withAll = beforeTests(() =>
    startWithHandlers(
      [
        Handler,
        Derived,
        { provide: 'value', useValue: new Provided('a value') },
        { provide: 'factory', useFactory: async () => new OfFactory('a factory') },
      ],
      { controllers: [OfController] },
    ),
  );

  it.each<[string, string[]]>([
    [
      'user.created',
      [
        'named',
        'added up',
        'added up to all',
        'replaced',
        'inherited',
        'by a value',
        'by a factory',
        'by a controller',
      ],
    ],
    ['user.updated', ['named', 'added up to all']],
    ['user.deleted', ['added up', 'added up to all', 'of the derived class']],
    ['user.login', ['added up to all']],
    ['user.teleported', ['added up to all']],
  ])('calls the methods that name %s or all events, and no others', async (type, called) => {
    expect(await send(withAll, { event_type: type, user_id: 'zoë' })).toBe(204);
    expect(calls).toEqual(called);
  });

  it('calls the handlers of an instance once, however often it is provided', async () => {
    class Once {
      @OnPropelAuthEvent()
      handle() {
        noted('handled');
      }
    }
    const aliases: Provider[] = [
      { provide: 'existing', useExisting: Once },
      { provide: 'factory', inject: [Once], useFactory: (once: Once) => once },
    ];
    @Module({ providers: [...aliases, Once], exports: [Once] })
    class OnceModule {}
    expect(await callsFor([], created, { imports: [OnceModule], providers: aliases })).toEqual([
      'handled',
    ]);
  });

  it('fails an event whose handler the instance lacks', async () => {
    class Lacking {
      @OnPropelAuthEvent()
      handle() {}
    }
    const useValue = Object.assign(new Lacking(), { handle: undefined });
    const lacking = await startWithHandlers([{ provide: Lacking, useValue }]);
    expect(await send(lacking, created)).toBe(500);
  });

  it('calls one handler after another: modules, providers, controllers and methods in the order in which they are listed', async () => {
    const [one, two, three, four, five] = ['One', 'Two', 'Three', 'Four', 'Five'].map(
      handlerClass,
    ) as [Type, Type, Type, Type, Type];
    @Module({ providers: [five] })
    class FirstModule {}
    @Module({ providers: [four] })
    class SecondModule {}
    Controller()(three);
    const application = await startWithHandlers([two, one], {
      imports: [FirstModule, SecondModule],
      controllers: [three],
    });
    expect(await send(application, created)).toBe(204);
    const order = ['Two', 'One', 'Three', 'Five', 'Four'];
    expect(calls).toEqual(order.flatMap((name) => [`${name}.b`, `${name}.a`]));
  });

  it('calls a module before its imports, including dynamic ones, and global modules last', async () => {
    @Module({ providers: [handlerClass('Shared')] })
    class SharedModule {}
    @Global()
    @Module({ imports: [SharedModule], providers: [handlerClass('Global')] })
    class GlobalModule {}
    @Module({ imports: [SharedModule], providers: [handlerClass('Third')] })
    class ThirdModule {}
    @Module({ imports: [ThirdModule], providers: [handlerClass('Second')] })
    class SecondModule {}
    @Module({ imports: [GlobalModule, SecondModule], providers: [handlerClass('First')] })
    class FirstModule {}
    @Module({ imports: [ThirdModule], providers: [handlerClass('Static')] })
    class DynamicHandlerModule {}
    const dynamic: DynamicModule = {
      module: DynamicHandlerModule,
      imports: [SharedModule, FirstModule],
      providers: [handlerClass('Dynamic')],
    };
    const imports = [SharedModule, ThirdModule, dynamic];
    const order = ['Root', 'Static', 'Dynamic', 'First', 'Second', 'Third', 'Shared', 'Global'];
    expect(await callsFor([handlerClass('Root')], created, { imports })).toEqual(
      order.flatMap((name) => [`${name}.b`, `${name}.a`]),
    );
  });

  it('passes all handlers the same event', async () => {
    const events: PropelAuthEvent[] = [];
    class Collecting {
      @OnPropelAuthEvent()
      first(event: PropelAuthEvent) {
        events.push(event);
      }

      @OnPropelAuthEvent()
      second(event: PropelAuthEvent) {
        events.push(event);
      }
    }
    const event = { event_type: 'user.teleported', to: { planet: 'Mars' } };
    await callsFor([Collecting], event);
    expect(events).toEqual([event, event]);
    expect(events[0]).toBe(events[1]);
  });
});

/** As JavaScript, which has no types, can call it. */
const decorate = (...types: unknown[]) => OnPropelAuthEvent(...(types as []));

describe('@OnPropelAuthEvent() throws at its declaration', () => {
  it.each(['user.create', 'ORG.DELETED', 'constructor', ''])(
    'for the unknown event "%s", and lists all',
    (type) => {
      expect(() => decorate('user.created', type)).toThrow(
        new RegExp(`has no event "${type}"\\. The events are .*user\\.created, .*org\\.deleted`),
      );
    },
  );

  it.each([[7], [null], [['user.created']], [{}]])(
    'for the argument %p, which is not a string',
    (type) => {
      expect(() => decorate(type)).toThrow(/got a value that is not a string/);
    },
  );

  const method = { value: () => {} };
  const prototype = class {}.prototype;

  it.each<[string, Parameters<MethodDecorator>]>([
    ['a static method', [class {}, 'handle', method]],
    ['a method that is named by a symbol', [prototype, Symbol.iterator, method]],
    ['a getter', [prototype, 'handle', { get: () => 1 }]],
    ['a class', [class {}] as never],
  ])('on %s', (_what, decorated) => {
    const decorator = OnPropelAuthEvent() as MethodDecorator;
    expect(() => decorator(...decorated)).toThrow(/which is not an instance method/);
  });
});

/** A module whose controller has a method with this decorator. */
function moduleWith(decorator: MethodDecorator): Type {
  @Controller()
  class EnhancedController {
    @Post()
    @decorator
    handle() {}
  }
  @Module({ controllers: [EnhancedController] })
  class EnhancedModule {}
  return EnhancedModule;
}

describe('At startup, @OnPropelAuthEvent()', () => {
  class Handler {
    @OnPropelAuthEvent()
    handle() {}
  }

  @Module({ providers: [Handler] })
  class FirstModule {}

  @Module({ providers: [Handler] })
  class SecondModule {}

  class OtherHandler {
    @OnPropelAuthEvent()
    handle() {}
  }
  Object.defineProperty(OtherHandler, 'name', { value: 'Handler' });

  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {}

  @Injectable({ scope: Scope.REQUEST })
  class ScopedHandler extends Handler {}

  @Injectable({ scope: Scope.TRANSIENT })
  class TransientHandler extends Handler {}

  @Injectable()
  class DependentHandler extends Handler {
    constructor(readonly perRequest: PerRequest) {
      super();
    }
  }

  @Controller({ scope: Scope.REQUEST })
  class ScopedController extends Handler {}

  const secret = issuer.webhookSecret;

  it.each<[string, Parameters<typeof startWithHandlers>, RegExp]>([
    [
      'the option webhooks is missing',
      [[Handler], {}, { webhooks: undefined }],
      /Handler\.handle: @OnPropelAuthEvent\(\) needs the option webhooks\. Set it to \{ secret, path \} or \{ secret, receive: 'own' \}, with/,
    ],
    [
      'its class is request-scoped',
      [[ScopedHandler]],
      /ScopedHandler\.handle: .*request-scoped or transient/,
    ],
    [
      'its class is provided by a request-scoped factory',
      [[{ provide: Handler, scope: Scope.REQUEST, useFactory: () => new Handler() }]],
      /Handler\.handle: .*request-scoped or transient/,
    ],
    ['its class is transient', [[TransientHandler]], /TransientHandler\.handle: .*transient/],
    [
      'its class injects a request-scoped provider',
      [[DependentHandler, PerRequest]],
      /DependentHandler\.handle: .*and its dependencies singletons/,
    ],
    [
      'its controller is request-scoped',
      [[], { controllers: [ScopedController] }],
      /ScopedController\.handle: .*request-scoped/,
    ],
    [
      'its class is provided by several modules',
      [[], { imports: [FirstModule, SecondModule] }],
      /Handler\.handle: its class is provided several times \(in FirstModule, SecondModule\)/,
    ],
    [
      'two classes have the same name',
      [[OtherHandler], { imports: [FirstModule] }],
      /Handler\.handle: several classes have this name \(in RootTestModule, FirstModule\)/,
    ],
  ])(
    'fails if %s, with any startupAudit',
    async (_why, [providers, metadata, options], message) => {
      for (const startupAudit of ['error', 'warn'] as const) {
        const failure = await failureOf(
          startWithHandlers(providers, metadata, { startupAudit, ...options }),
        );
        expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
        expect((failure as Error).message).toMatch(message);
        expect((failure as Error).message).not.toContain(secret);
      }
    },
  );

  describe('fails on a class that is only', () => {
    class Enhancer extends Handler {
      use(_request: object, _response: object, next: () => void) {
        next();
      }
      canActivate() {
        return true;
      }
      intercept(_context: ExecutionContext, next: CallHandler) {
        return next.handle();
      }
      transform(value: unknown) {
        return value;
      }
      catch() {}
    }

    @Controller()
    class PipedController {
      @Post()
      handle(@Body(Enhancer) body: unknown) {
        return body;
      }
    }
    @Module({ controllers: [PipedController] })
    class PipedModule {}

    @Module({})
    class MiddlewareModule {
      configure(consumer: MiddlewareConsumer) {
        consumer.apply(Enhancer).forRoutes('*path');
      }
    }

    it.each<[string, Type]>([
      ['a guard', moduleWith(UseGuards(Enhancer))],
      ['an interceptor', moduleWith(UseInterceptors(Enhancer))],
      ['a pipe', moduleWith(UsePipes(Enhancer))],
      ['a pipe of a parameter', PipedModule],
      ['a filter', moduleWith(UseFilters(Enhancer))],
      ['middleware', MiddlewareModule],
    ])('%s', async (_what, module) => {
      const failure = await failureOf(startWithHandlers([], { imports: [module] }));
      expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
      expect((failure as Error).message).toMatch(
        /Enhancer\.handle: .* is never called .* that is not a provider\. Move the handler to a provider, and inject the provider into Enhancer/,
      );
      // The handlers of the instance that is a provider are called.
      const imports = [module];
      const provided = startWithHandlers([Enhancer], { imports });
      expect(await failureOf(provided)).toBeUndefined();
    });
  });

  it('does not affect an application without handlers', async () => {
    const start = startApplication({ imports: [PropelAuthModule.forRoot(issuer.moduleOptions)] });
    expect(await failureOf(start)).toBeUndefined();
  });
});

describe("With webhooks.receive: 'own', startup", () => {
  const own = { webhooks: { secret: issuer.webhookSecret, receive: 'own' } } as const;

  const start = (providers: Provider[], options: Partial<PropelAuthModuleOptions> = own) =>
    failureOf(startWithHandlers(providers, {}, options));

  it.each([{}, { startupAudit: 'warn' as const }])(
    'fails if nothing injects PropelAuthWebhooks: %j',
    async (more) => {
      const failure = await start([], { ...own, ...more });
      expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
      expect((failure as Error).message).toBe(
        "Events from PropelAuth cannot be handled:\n- webhooks.receive is 'own', but no provider or controller injects " +
          'PropelAuthWebhooks. Inject it where events arrive, such as in the controller of a @Public() route, and call receive() there; ' +
          'or replace receive by path, to have the package receive events.',
      );
    },
  );

  @Injectable()
  class Consumer {
    constructor(readonly webhooks: PropelAuthWebhooks) {}
  }

  @Injectable()
  class WithProperty {
    @Inject() readonly webhooks!: PropelAuthWebhooks;
  }

  @Injectable({ scope: Scope.REQUEST })
  class PerRequest extends Consumer {}

  it.each<[string, Provider]>([
    ['a provider', Consumer],
    ['a property of a provider', WithProperty],
    ['a request-scoped provider', PerRequest],
    ['a factory', { provide: 'hooks', inject: [PropelAuthWebhooks], useFactory: Object }],
  ])('passes if %s injects it', async (_what, provider) => {
    expect(await start([provider])).toBeUndefined();
  });

  it('fails if it is injected without the option webhooks', async () => {
    const failure = await start([Consumer], { webhooks: undefined });
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toMatch(
      /PropelAuthWebhooks needs the option webhooks\. Set it to \{ secret, path \} or \{ secret, receive: 'own' \}, with the signing secret/,
    );
  });

  it('sees no events before it is done: receive() returns 503, so that they are sent again', async () => {
    const statuses: number[] = [];
    class Early {
      constructor(private readonly webhooks: PropelAuthWebhooks) {}

      async onModuleInit() {
        const { headers, body } = issuer.webhook(created);
        statuses.push((await this.webhooks.receive({ headers, rawBody: body })).status);
      }
    }
    const inject = [PropelAuthWebhooks];
    const useFactory = (webhooks: PropelAuthWebhooks) => new Early(webhooks);
    const early = { provide: Early, inject, useFactory };
    expect(await start([early, handlerClass('Other')])).toBeUndefined();
    expect([statuses, calls]).toEqual([[503], []]);
  });
});
