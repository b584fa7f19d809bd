import {
  Body,
  Controller,
  Global,
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
  type PropelAuthEvent,
} from 'nestjs-propelauth';
import { ignoreElements, tap, throwError, timer } from 'rxjs';
import { failureOf, startApplication } from '../../support/application.js';
import { issuer } from '../../support/guarded-application.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { created, send, startWithHandlers } from './event-application.js';

const deleted = { event_type: 'user.deleted', user_id: 'user-zoë' };

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

/** As a tool for tracing does it, say. */
const replaced: MethodDecorator = (_target, _name, descriptor) => {
  descriptor.value = (() => noted('replaced')) as never;
};

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

/** As JavaScript, which has no types, can call it. */
const decorate = (...types: unknown[]) => OnPropelAuthEvent(...(types as []));

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

  it('calls a method for the events that it names', async () => {
    class Handler {
      @OnPropelAuthEvent('user.created', 'user.updated', 'user.created')
      handle(event: PropelAuthEvent<'user.created' | 'user.updated'>) {
        noted(event.event_type);
      }
    }
    expect(await callsFor([Handler], created)).toEqual(['user.created']);
    expect(await callsFor([Handler], deleted)).toEqual([]);
  });

  it('calls a method without names for all events, including new ones', async () => {
    class Handler {
      @OnPropelAuthEvent()
      handle(event: PropelAuthEvent) {
        noted(JSON.stringify(event));
      }
    }
    const unknown = { event_type: 'user.teleported', to: { planet: 'Mars' } };
    expect(await callsFor([Handler], unknown)).toEqual([JSON.stringify(unknown)]);
  });

  it('adds up on a method, and one without names means all events', async () => {
    class Handler {
      @OnPropelAuthEvent('user.created')
      @OnPropelAuthEvent('user.deleted')
      both() {
        noted('both');
      }

      @OnPropelAuthEvent('user.created')
      @OnPropelAuthEvent()
      all() {
        noted('all');
      }
    }
    expect(await callsFor([Handler], created)).toEqual(['both', 'all']);
    expect(await callsFor([Handler], deleted)).toEqual(['both', 'all']);
    expect(await callsFor([Handler], { event_type: 'user.login' })).toEqual(['all']);
  });

  it('applies to inherited methods, but not to a method that overrides one without it', async () => {
    expect(await callsFor([Derived], created)).toEqual(['inherited']);
    expect(await callsFor([Derived], deleted)).toEqual(['of the derived class']);
  });

  it('finds handlers in controllers and in values of factories and providers, and never calls getters', async () => {
    class Handler {
      constructor(readonly where: string) {}

      get broken(): string {
        throw new Error('a getter was called');
      }

      @OnPropelAuthEvent()
      handle() {
        noted(this.where);
      }
    }
    class OfFactory extends Handler {}
    @Controller()
    class OfController {
      @OnPropelAuthEvent()
      handle() {
        noted('controller');
      }
    }
    const application = await startWithHandlers(
      [
        { provide: 'value', useValue: new Handler('value') },
        { provide: 'factory', useFactory: async () => new OfFactory('factory') },
      ],
      { controllers: [OfController] },
    );
    expect(await send(application, created)).toBe(204);
    expect(calls).toEqual(['value', 'factory', 'controller']);
  });

  it('calls the handlers of an instance once, however often it is provided', async () => {
    class Handler {
      @OnPropelAuthEvent()
      handle() {
        noted('handled');
      }
    }
    const aliases: Provider[] = [
      { provide: 'existing', useExisting: Handler },
      { provide: 'factory', inject: [Handler], useFactory: (handler: Handler) => handler },
    ];
    @Module({ providers: [...aliases, Handler], exports: [Handler] })
    class HandlerModule {}
    expect(await callsFor([], created, { imports: [HandlerModule], providers: aliases })).toEqual([
      'handled',
    ]);
  });

  it('still applies if another decorator replaces the function of the method', async () => {
    class Handler {
      @replaced
      @OnPropelAuthEvent()
      handle() {}
    }
    expect(await callsFor([Handler], created)).toEqual(['replaced']);
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

  it('passes all handlers of an event the same frozen object', async () => {
    const events: PropelAuthEvent[] = [];
    class Handler {
      @OnPropelAuthEvent()
      first(event: PropelAuthEvent) {
        events.push(event);
      }

      @OnPropelAuthEvent()
      second(event: PropelAuthEvent) {
        events.push(event);
      }
    }
    await callsFor([Handler], { ...created, deep: { list: [{}] } });
    expect(events[0]).toBe(events[1]);
    expect(Object.isFrozen((events[0] as { deep?: { list: object[] } }).deep?.list[0])).toBe(true);
  });

  it.each<[object, object]>([
    [{ user_id: 'zoë' }, { user_id: 'zoë' }],
    [{ removed_user_id: 'zoë' }, { removed_user_id: 'zoë', user_id: 'zoë' }],
    [
      { removed_user_id: 'a', user_id: 'b' },
      { removed_user_id: 'a', user_id: 'b' },
    ],
  ])('converts user.removed_from_org %j to %j', async (fields, expected) => {
    const events: PropelAuthEvent[] = [];
    class Handler {
      @OnPropelAuthEvent('user.removed_from_org')
      handle(event: PropelAuthEvent<'user.removed_from_org'>) {
        events.push(event);
      }
    }
    await callsFor([Handler], { event_type: 'user.removed_from_org', org_id: 'acme', ...fields });
    expect(events).toEqual([{ event_type: 'user.removed_from_org', org_id: 'acme', ...expected }]);
  });
});

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

  it.each<[string, () => unknown]>([
    [
      'a static method',
      () => {
        class Handler {
          @OnPropelAuthEvent()
          static handle() {}
        }
        return Handler;
      },
    ],
    [
      'a method that is named by a symbol',
      () => {
        class Handler {
          @OnPropelAuthEvent()
          [Symbol.iterator]() {}
        }
        return Handler;
      },
    ],
    [
      'a getter',
      () => {
        class Handler {
          @(OnPropelAuthEvent() as MethodDecorator)
          get handle() {
            return 1;
          }
        }
        return Handler;
      },
    ],
    [
      'a class',
      () => {
        @(OnPropelAuthEvent() as unknown as ClassDecorator)
        class Handler {}
        return Handler;
      },
    ],
  ])('on %s', (_what, define) => {
    expect(define).toThrow(/which is not an instance method/);
  });
});

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

describe('A handler that fails', () => {
  class Handlers {
    @OnPropelAuthEvent('user.created')
    failing(event: PropelAuthEvent<'user.created'>) {
      throw Object.assign(new RangeError(`no room for ${event.email}`), { code: 'E_FULL' });
    }

    @OnPropelAuthEvent('user.created')
    async rejecting(event: PropelAuthEvent<'user.created'>) {
      await Promise.reject(event.email);
    }

    @OnPropelAuthEvent('user.created')
    succeeding() {
      noted('succeeding');
    }
  }

  it('does not stop the others; the event gets 500, and each failure one log line, without its content', async () => {
    const application = await startWithHandlers([Handlers]);
    const logger = new RecordingLogger();
    application.app.useLogger(logger);
    expect(await send(application, created)).toBe(500);
    expect(await send(application, created)).toBe(500);
    expect(calls).toEqual(['succeeding', 'succeeding']);
    expect(logger.of('error')).toEqual([
      expect.stringMatching(/^Handlers\.failing: .*RangeError \(E_FULL\)\n.* at .*failing/s),
      expect.stringMatching(/^Handlers\.rejecting: /),
    ]);
    expect(logger.text).not.toContain(created.email);
    expect(logger.text).not.toContain(created.user_id);
  });

  it('does not stop the others if its error cannot be read', async () => {
    class Throwing {
      @OnPropelAuthEvent()
      handle() {
        throw Object.defineProperty(new Error(), 'stack', {
          get: () => {
            throw new Error('no source map');
          },
        });
      }
    }
    const application = await startWithHandlers([Throwing, Handlers]);
    expect(await send(application, created)).toBe(500);
    expect(calls).toEqual(['succeeding']);
  });

  it('can be an instance without the method', async () => {
    class Lacking {
      @OnPropelAuthEvent()
      handle() {}
    }
    const instance = Object.assign(new Lacking(), { handle: undefined });
    const application = await startWithHandlers([{ provide: Lacking, useValue: instance }]);
    expect(await send(application, created)).toBe(500);
  });

  it('can be an Observable that fails', async () => {
    class Failing {
      @OnPropelAuthEvent()
      handle() {
        return throwError(() => new Error('broken'));
      }
    }
    expect(await send(await startWithHandlers([Failing]), created)).toBe(500);
  });
});

it('A handler that returns an Observable is done when it completes, even without a value', async () => {
  class Handler {
    @OnPropelAuthEvent()
    handle() {
      return timer(10).pipe(
        tap(() => noted('done')),
        ignoreElements(),
      );
    }
  }
  expect(await callsFor([Handler], created)).toEqual(['done']);
});
