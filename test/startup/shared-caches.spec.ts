import { CacheInterceptor, CacheKey, CacheModule } from '@nestjs/cache-manager';
import {
  All,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  Post,
  Scope,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  getCurrentUser,
  OptionalUser,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireUser,
} from 'nestjs-propelauth';
import { startApplication } from '../support/application.js';
import { graphqlModule } from '../support/graphql.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { startMicroservice } from '../support/microservice.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { classOf } from '../support/routes.js';

@Injectable()
class CallerCacheInterceptor extends CacheInterceptor {
  protected override trackBy(context: ExecutionContext) {
    return JSON.stringify([super.trackBy(context), getCurrentUser(context)]);
  }
}

@Injectable()
class LongCacheInterceptor extends CacheInterceptor {}

@Injectable({ scope: Scope.REQUEST })
class RequestCacheInterceptor extends CacheInterceptor {}

@Injectable()
class EveryMethodCacheInterceptor extends CacheInterceptor {
  protected override isRequestCacheable() {
    return true;
  }
}

@Injectable()
class PostCacheInterceptor extends CacheInterceptor {
  protected override allowedMethods = ['POST'];
}

/** What a bundler makes of Nest's class, or of a second copy of its package. */
@Injectable()
class RenamedInterceptor {
  readonly allowedMethods = ['GET'];
}
Object.defineProperties(
  RenamedInterceptor.prototype,
  (({ constructor: _constructor, ...methods }) => methods)(
    Object.getOwnPropertyDescriptors(CacheInterceptor.prototype),
  ),
);

/** A handler `list`, at `GET` its own path unless another route is given. */
interface Written {
  handler: MethodDecorator[];
  class?: ClassDecorator[];
  route?: (path: string) => MethodDecorator;
}

/** A controller for each: `Reports0.list` at `/0`, `Reports1.list` at `/1` and so on. */
function controllersOf(all: Written[]): Type[] {
  return all.map(({ handler, class: ofClass = [], route = Get }, index) =>
    classOf(`Reports${index}`, [...ofClass, Controller()], {
      list: [route(String(index)), ...handler],
    }),
  );
}

/** The warnings of a start. */
async function warningsOf(
  { imports = [], ...metadata }: ModuleMetadata,
  options: Partial<PropelAuthOptions> = {},
  prepare: (app: INestApplication) => unknown = () => {},
): Promise<string[]> {
  const logger = new RecordingLogger();
  const withCache = { imports: [CacheModule.register(), ...imports], ...metadata };
  await startGuarded(withCache, options, (app) => {
    app.useLogger(logger);
    prepare(app);
  });
  return logger.of('warn');
}

const warningAbout = (handlers: string) =>
  `${handlers}: CacheInterceptor can return one caller's response to another, because its cache key does not include the caller. Bind a ` +
  'subclass whose trackBy() adds the caller, as the recipe "Cache responses per caller" of the documentation shows. PropelAuth';

const user = RequireUser();
const cached = UseInterceptors(CacheInterceptor);
const global = (useClass: Type) => [{ provide: APP_INTERCEPTOR, useClass }];
const bySubclass = (type: Type) => [user, UseInterceptors(type)];

/** Handlers whose responses a cache shares, and how the warning names them. It names five at most. */
const SHARED: [what: string, ...handlers: [names: string, Written][]][] = [
  [
    'on the method, the class, both, or as an object',
    ['Reports0.list (GET /0)', { handler: [user, cached] }],
    ['Reports1.list (GET /1)', { handler: [user], class: [cached] }],
    ['Reports2.list (GET /2)', { handler: [user, cached], class: [cached] }],
    [
      'Reports3.list (GET /3)',
      { handler: [user, UseInterceptors(new CacheInterceptor({}, new Reflector()))] },
    ],
  ],
  [
    'that is request-scoped, has another name, or whose subclass keeps trackBy()',
    ['Reports0.list (GET /0)', { handler: bySubclass(RequestCacheInterceptor) }],
    ['Reports1.list (GET /1)', { handler: bySubclass(LongCacheInterceptor) }],
    [
      'Reports2.list (GET /2)',
      { handler: [user, UseInterceptors(new RenamedInterceptor() as never)] },
    ],
  ],
  [
    'under @OptionalUser(), @RequireApiKey() and a rule of the class',
    ['Reports0.list (GET /0)', { handler: [OptionalUser(), cached] }],
    ['Reports1.list (GET /1)', { handler: [RequireApiKey(), cached] }],
    ['Reports2.list (GET /2)', { handler: [cached], class: [user] }],
  ],
  [
    'that caches responses to other methods than GET',
    ['Reports0.list (ALL /0)', { handler: [user, cached], route: All }],
    ['Reports1.list (POST /1)', { handler: bySubclass(EveryMethodCacheInterceptor), route: Post }],
    ['Reports2.list (POST /2)', { handler: bySubclass(PostCacheInterceptor), route: Post }],
    ['Reports3.list (POST /3)', { handler: [user, cached, CacheKey('reports')], route: Post }],
  ],
];

describe('Startup warns once about a CacheInterceptor', () => {
  it.each(SHARED)('%s', async (_what, ...handlers) => {
    const controllers = controllersOf(handlers.map(([, written]) => written));
    const names = handlers.map(([name]) => name).join(', ');
    expect(await warningsOf({ controllers })).toEqual([warningAbout(names)]);
  });

  const guarded = controllersOf([{ handler: [user] }]);
  @Module({ controllers: guarded })
  class OtherModule {}

  it.each<[string, ...Parameters<typeof warningsOf>]>([
    ['of APP_INTERCEPTOR', { controllers: guarded, providers: global(CacheInterceptor) }],
    [
      'of a request-scoped APP_INTERCEPTOR',
      { controllers: guarded, providers: global(RequestCacheInterceptor) },
    ],
    [
      'of app.useGlobalInterceptors()',
      { controllers: guarded },
      {},
      (app) => app.useGlobalInterceptors(new CacheInterceptor({}, app.get(Reflector))),
    ],
    [
      'on a controller that two modules have',
      { imports: [OtherModule], controllers: guarded, providers: global(CacheInterceptor) },
    ],
    [
      'under requireUserByDefault',
      { controllers: controllersOf([{ handler: [cached] }]) },
      { requireUserByDefault: true },
    ],
  ])('%s', async (_what, ...started) => {
    expect(await warningsOf(...started)).toEqual([warningAbout('Reports0.list (GET /0)')]);
  });

  it('with five handlers named, and the number of others', async () => {
    const controllers = controllersOf(
      Array.from({ length: 12 }, () => ({ handler: [user, cached] })),
    );
    const named = [0, 1, 2, 3, 4].map((index) => `Reports${index}.list (GET /${index})`);
    expect(await warningsOf({ controllers })).toEqual([
      warningAbout(`${named.join(', ')} and 7 more`),
    ]);
  });
});

/** A class with a CacheInterceptor, whose handler `reports` has @CacheKey(), unlike its handler `uncached`. */
const classWithKey = (
  name: string,
  ofClass: ClassDecorator,
  handles: (name: string) => MethodDecorator,
): Type =>
  classOf(name, [ofClass, cached], {
    reports: [handles('reports'), user, CacheKey('reports')],
    uncached: [handles('uncached'), user],
  });

const query = (name: string) => Query(() => String, { name });

describe('Startup warns about @CacheKey() with a CacheInterceptor', () => {
  it('on a GraphQL operation and on a WebSocket message', async () => {
    const providers = [
      classWithKey('ReportsResolver', Resolver(), query),
      classWithKey('ReportsGateway', WebSocketGateway(), SubscribeMessage),
    ];
    expect(await warningsOf({ imports: [graphqlModule()], providers })).toEqual([
      warningAbout(
        'ReportsResolver.reports (GraphQL operation), ReportsGateway.reports (WebSocket message)',
      ),
    ]);
  });

  it('on a message of a microservice', async () => {
    const logger = new RecordingLogger();
    const options = { ...issuer.moduleOptions, tokenSource: () => undefined };
    const imports = [PropelAuthModule.forRoot(options), CacheModule.register()];
    const controllers = [classWithKey('ReportsMessages', Controller(), MessagePattern)];
    await startMicroservice({ imports, controllers }, logger);
    expect(logger.of('warn')).toEqual([warningAbout('ReportsMessages.reports (message)')]);
  });
});

describe('Startup does not warn about', () => {
  it.each<[string, Written]>([
    ['a public handler', { handler: [Public(), cached] }],
    ['a public handler of a class with rules', { handler: [Public()], class: [cached, user] }],
    ['a handler without a rule', { handler: [cached] }],
    ['a method whose responses are not cached', { handler: [user, cached], route: Post }],
    ['GET, if a subclass caches responses to POST', { handler: bySubclass(PostCacheInterceptor) }],
    ['a subclass with its own trackBy()', { handler: bySubclass(CallerCacheInterceptor) }],
    [
      'a key that the handler creates',
      { handler: [user, cached, CacheKey((context) => getCurrentUser(context)?.userId)] },
    ],
    ['@CacheKey() without an interceptor', { handler: [user, CacheKey('reports')] }],
  ])('%s', async (_what, written) => {
    expect(await warningsOf({ controllers: controllersOf([written]) })).toEqual([]);
  });

  it('an interceptor that a test has overridden', async () => {
    const logger = new RecordingLogger();
    await startApplication(
      {
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions), CacheModule.register()],
        controllers: controllersOf([{ handler: [user, cached] }]),
      },
      (app) => app.useLogger(logger),
      (builder) =>
        builder.overrideInterceptor(CacheInterceptor).useValue({
          intercept: (_context: unknown, next: { handle(): unknown }) => next.handle(),
        }),
    );
    expect(logger.of('warn')).toEqual([]);
  });
});
