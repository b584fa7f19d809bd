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
import { decorateHandler } from '../support/routes.js';

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

/** `ReportsController.list` at `GET /reports`, unless `route` says otherwise, under these decorators. */
function reportsController(
  decorators: MethodDecorator[],
  ofClass: ClassDecorator[] = [],
  route: MethodDecorator = Get('reports'),
): Type {
  class ReportsController {
    list() {
      return [];
    }
  }
  decorateHandler(ReportsController, 'list', route, ...decorators);
  for (const decorate of ofClass) decorate(ReportsController);
  Controller()(ReportsController);
  return ReportsController;
}

/** The warnings of a start. */
async function warningsOf(
  { imports = [], ...metadata }: ModuleMetadata,
  prepare: (app: INestApplication) => unknown = () => {},
  options: Partial<PropelAuthOptions> = {},
): Promise<string[]> {
  const logger = new RecordingLogger();
  await startGuarded(
    { imports: [CacheModule.register(), ...imports], ...metadata },
    options,
    (app) => {
      app.useLogger(logger);
      prepare(app);
    },
  );
  return logger.of('warn');
}

const NAMED = 'ReportsController.list (GET /reports): CacheInterceptor';
const cached = UseInterceptors(CacheInterceptor);

describe('Startup warns once about a CacheInterceptor', () => {
  const guarded = reportsController([RequireUser()]);

  it.each<[string, ModuleMetadata]>([
    ['on the method', { controllers: [reportsController([RequireUser(), cached])] }],
    ['on the class', { controllers: [reportsController([RequireUser()], [cached])] }],
    [
      'on method and class',
      { controllers: [reportsController([RequireUser(), cached], [cached])] },
    ],
    [
      'as an object',
      {
        controllers: [
          reportsController([
            RequireUser(),
            UseInterceptors(new CacheInterceptor({}, new Reflector())),
          ]),
        ],
      },
    ],
    [
      'of APP_INTERCEPTOR',
      {
        controllers: [guarded],
        providers: [{ provide: APP_INTERCEPTOR, useClass: CacheInterceptor }],
      },
    ],
    [
      'of a request-scoped APP_INTERCEPTOR',
      {
        controllers: [guarded],
        providers: [{ provide: APP_INTERCEPTOR, useClass: RequestCacheInterceptor }],
      },
    ],
    [
      'that is request-scoped, on the method',
      {
        controllers: [reportsController([RequireUser(), UseInterceptors(RequestCacheInterceptor)])],
      },
    ],
    [
      'whose subclass keeps trackBy()',
      { controllers: [reportsController([RequireUser(), UseInterceptors(LongCacheInterceptor)])] },
    ],
    [
      'with another name',
      {
        controllers: [
          reportsController([RequireUser(), UseInterceptors(new RenamedInterceptor() as never)]),
        ],
      },
    ],
    ['under @OptionalUser()', { controllers: [reportsController([OptionalUser(), cached])] }],
    ['under @RequireApiKey()', { controllers: [reportsController([RequireApiKey(), cached])] }],
    ['under a rule of the class', { controllers: [reportsController([cached], [RequireUser()])] }],
  ])('%s', async (_where, metadata) => {
    const warnings = await warningsOf(metadata);
    expect(warnings).toEqual([expect.stringContaining(NAMED)]);
    expect(warnings[0]).toContain('Bind a subclass whose trackBy() adds the caller');
  });

  it('of app.useGlobalInterceptors()', async () => {
    const warnings = await warningsOf({ controllers: [guarded] }, (app) =>
      app.useGlobalInterceptors(new CacheInterceptor({}, app.get(Reflector))),
    );
    expect(warnings).toEqual([expect.stringContaining(NAMED)]);
  });

  it('on a controller that two modules have', async () => {
    @Module({ controllers: [guarded] })
    class OtherModule {}

    const warnings = await warningsOf({
      imports: [OtherModule],
      controllers: [guarded],
      providers: [{ provide: APP_INTERCEPTOR, useClass: CacheInterceptor }],
    });
    expect(warnings).toEqual([expect.stringMatching(/^ReportsController[^,]+: CacheInterceptor/)]);
  });

  it('under requireUserByDefault', async () => {
    const controllers = [reportsController([cached])];
    expect(await warningsOf({ controllers }, undefined, { requireUserByDefault: true })).toEqual([
      expect.stringContaining(NAMED),
    ]);
  });

  it.each<[string, Type]>([
    ['ALL', reportsController([RequireUser(), cached], [], All('reports'))],
    [
      'POST',
      reportsController(
        [RequireUser(), UseInterceptors(EveryMethodCacheInterceptor)],
        [],
        Post('reports'),
      ),
    ],
    [
      'POST',
      reportsController(
        [RequireUser(), UseInterceptors(PostCacheInterceptor)],
        [],
        Post('reports'),
      ),
    ],
    ['POST', reportsController([RequireUser(), cached, CacheKey('reports')], [], Post('reports'))],
  ])('that caches responses to %s', async (method, controller) => {
    expect(await warningsOf({ controllers: [controller] })).toEqual([
      expect.stringContaining(`ReportsController.list (${method} /reports)`),
    ]);
  });

  it('with five handlers named, and the number of others', async () => {
    const controllers = Array.from({ length: 12 }, (_, number) =>
      reportsController([RequireUser(), cached], [], Get(`reports/${number}`)),
    );
    const [warning, ...others] = await warningsOf({ controllers });
    expect(others).toEqual([]);
    expect(warning!.match(/ReportsController/g)).toHaveLength(5);
    expect(warning).toContain('(GET /reports/4) and 7 more: CacheInterceptor');
    expect(warning).not.toContain('\n');
  });
});

describe('Startup warns about @CacheKey() with a CacheInterceptor', () => {
  @Resolver()
  @UseInterceptors(CacheInterceptor)
  class ReportsResolver {
    @Query(() => String)
    @RequireUser()
    @CacheKey('reports')
    reports() {
      return 'reports';
    }

    @Query(() => String)
    @RequireUser()
    uncached() {
      return 'reports';
    }
  }

  it('on a GraphQL operation', async () => {
    const metadata = { imports: [graphqlModule()], providers: [ReportsResolver] };
    expect(await warningsOf(metadata)).toEqual([
      expect.stringMatching(/^ReportsResolver\.reports \(GraphQL operation\): /),
    ]);
  });

  @WebSocketGateway()
  @UseInterceptors(CacheInterceptor)
  class ReportsGateway {
    @SubscribeMessage('reports')
    @RequireUser()
    @CacheKey('reports')
    reports() {
      return 'reports';
    }

    @SubscribeMessage('uncached')
    @RequireUser()
    uncached() {
      return 'reports';
    }
  }

  it('on a WebSocket message', async () => {
    expect(await warningsOf({ providers: [ReportsGateway] })).toEqual([
      expect.stringMatching(/^ReportsGateway\.reports \(WebSocket message\): /),
    ]);
  });

  @Controller()
  @UseInterceptors(CacheInterceptor)
  class ReportsMessages {
    @MessagePattern('reports')
    @RequireUser()
    @CacheKey('reports')
    reports() {
      return 'reports';
    }

    @MessagePattern('uncached')
    @RequireUser()
    uncached() {
      return 'reports';
    }
  }

  it('on a message of a microservice', async () => {
    const logger = new RecordingLogger();
    const imports = [
      PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: () => undefined }),
      CacheModule.register(),
    ];
    await startMicroservice({ imports, controllers: [ReportsMessages] }, logger);
    expect(logger.of('warn')).toEqual([
      expect.stringMatching(/^ReportsMessages\.reports \(message\): /),
    ]);
  });
});

describe('Startup does not warn about', () => {
  it.each<[string, ModuleMetadata]>([
    ['a public handler', { controllers: [reportsController([Public(), cached])] }],
    [
      'a public handler of a class with rules',
      { controllers: [reportsController([Public()], [cached, RequireUser()])] },
    ],
    ['a handler without a rule', { controllers: [reportsController([cached])] }],
    [
      'a method whose responses are not cached',
      { controllers: [reportsController([RequireUser(), cached], [], Post('reports'))] },
    ],
    [
      'GET, if a subclass caches responses to POST',
      { controllers: [reportsController([RequireUser(), UseInterceptors(PostCacheInterceptor)])] },
    ],
    [
      'a subclass with its own trackBy()',
      {
        controllers: [reportsController([RequireUser(), UseInterceptors(CallerCacheInterceptor)])],
      },
    ],
    [
      'a key that the handler creates',
      {
        controllers: [
          reportsController([
            RequireUser(),
            cached,
            CacheKey((context) => getCurrentUser(context)?.userId),
          ]),
        ],
      },
    ],
    [
      '@CacheKey() without an interceptor',
      { controllers: [reportsController([RequireUser(), CacheKey('reports')])] },
    ],
  ])('%s', async (_what, metadata) => {
    expect(await warningsOf(metadata)).toEqual([]);
  });

  it('an interceptor that a test has overridden', async () => {
    const logger = new RecordingLogger();
    await startApplication(
      {
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions), CacheModule.register()],
        controllers: [reportsController([RequireUser(), cached])],
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
