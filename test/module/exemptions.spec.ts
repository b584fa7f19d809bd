import {
  Body,
  Controller,
  Get,
  Module,
  Post,
  UseGuards,
  type DynamicModule,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { MessagePattern } from '@nestjs/microservices';
import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Tool } from '@rekog/mcp-nest';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CurrentUser,
  describeAccess,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireUser,
  tokenFromHeader,
  type TokenSource,
  type User,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../support/access-matrix.js';
import { beforeTests } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { startHybrid } from '../support/microservice.js';
import { alice } from '../support/project.js';
import { routeUnder } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';
import { connectSocketIo } from '../support/websockets.js';

/** The modules of a library, which knows nothing of this package. */
@Controller('health')
class HealthController {
  @Get()
  check() {
    return { status: 'ok' };
  }
}

@Controller()
class HealthMessages {
  @MessagePattern('health')
  answer() {
    return 'ok';
  }
}

@Resolver('Product')
class ProductResolver {
  @Query('product')
  product(): object {
    return { id: 'p1' };
  }

  @ResolveField('name')
  name(): string {
    return 'A product';
  }
}

@WebSocketGateway()
class StatusGateway {
  @SubscribeMessage('status')
  status() {
    return { event: 'status', data: 'ok' };
  }
}

@Module({
  controllers: [HealthController, HealthMessages],
  providers: [ProductResolver, StatusGateway],
})
class LibraryModule {
  static withController(controller: Type): DynamicModule {
    return { module: LibraryModule, controllers: [controller] };
  }
}

/** The classes of the application, without access decorators. */
const ReportsController = routeUnder('reports');
const PassedController = routeUnder('passed');

/** An instance that poses as one of the library's classes. */
@Controller('posing')
class PosingController {
  constructor() {
    Object.defineProperty(this, 'constructor', { value: HealthController });
  }

  @Get()
  show() {}
}

@Controller('own-health')
class OwnHealthController extends HealthController {
  @Get('details')
  details() {
    return { secret: true };
  }
}

@Controller('ruled-health')
class RuledHealthController extends HealthController {
  @Get()
  @RequireUser()
  override check() {
    return { status: 'ok' };
  }
}

/** A field of the application on a type of the library. */
@Resolver('Product')
class CostResolver {
  @ResolveField('cost')
  cost(): number {
    return 1;
  }
}

/** Imported by the exempted module, and not in the list. */
@Module({ controllers: [routeUnder('imported')] })
class ImportedModule {}

@Controller('metrics')
class MetricsController {
  @Get()
  show() {
    return {};
  }
}

@Module({ imports: [ImportedModule], controllers: [MetricsController] })
class MetricsModule {}

const typeDefs = `
  type Query { product: Product }
  type Product { id: ID!  name: String  cost: Int }
`;

const graphql = (options = {}) => graphqlModule({ autoSchemaFile: false, typeDefs, ...options });

const imports = [graphql(), LibraryModule.withController(PassedController), MetricsModule];

const metadata: ModuleMetadata = {
  controllers: [ReportsController, OwnHealthController, RuledHealthController, PosingController],
  providers: [CostResolver],
};

const except = [LibraryModule, MetricsController];

describe('A module in except', () => {
  const application = beforeTests(() =>
    startGuarded({ imports, ...metadata }, { requireUserByDefault: true, except }),
  );

  it.each<[what: string, path: string, status: number]>([
    ['a controller of the module', '/health', 200],
    ['a controller that is listed itself', '/metrics', 200],
    ['a controller of the application', '/reports', 401],
    ['a controller that a module imported by the library declares', '/imported', 401],
    ['a controller that the application passes to the module', '/passed', 401],
    ['a subclass that the application declares', '/own-health/details', 401],
    ['the inherited handler of such a subclass', '/own-health', 401],
    ['a handler that a subclass puts under a rule', '/ruled-health', 401],
    ['an instance that poses as a class of the module', '/posing', 401],
  ])('%s: GET %s returns %d without a token', async (_what, path, status) => {
    await request(application.url).get(path).expect(status);
    await request(application.url, alice).get(path).expect(200);
  });

  it('accepts calls of its handlers with an invalid token, which it does not read', async () => {
    await request(application.url).get('/health').auth('junk', { type: 'bearer' }).expect(200);
  });

  it('exempts its operations and fields, and not the fields of the application below them', async () => {
    expect(await send(application, '{ product { id name } }')).toEqual({
      data: { product: { id: 'p1', name: 'A product' } },
    });
    expect(codesOf(await send(application, '{ product { cost } }'))).toEqual(['UNAUTHENTICATED']);
    const headers = { Authorization: await issuer.authorization(alice) };
    expect(await send(application, '{ product { cost } }', headers)).toEqual({
      data: { product: { cost: 1 } },
    });
  });

  it('exempts the messages of its gateways', async () => {
    expect(await connectSocketIo(application).ask('status')).toEqual({
      event: 'status',
      data: 'ok',
    });
  });

  it('is shown in the list of rules, by the name that exempts a handler', () => {
    const table = Object.fromEntries(
      describeAccess(application.app).map(({ name, summary }) => [name, summary]),
    );
    expect(table).toEqual({
      'GET /health': 'exempt (LibraryModule)',
      'GET /metrics': 'exempt (MetricsController)',
      'GET /reports': 'user',
      'GET /imported': 'user',
      'GET /passed': 'user',
      'GET /own-health': 'user',
      'GET /own-health/details': 'user',
      'GET /ruled-health': 'user',
      'GET /posing': 'user',
      'Query.product': 'exempt (LibraryModule)',
      'Product.name': 'exempt (LibraryModule)',
      'Product.cost': 'user',
      'event status': 'exempt (LibraryModule)',
      'message health': 'exempt (LibraryModule)',
    });
  });

  it('has no lock in Swagger UI', () => {
    const document = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
    );
    expect(document.paths['/health']?.get?.security).toBeUndefined();
    expect(document.paths['/reports']?.get?.security).toEqual([{ bearer: [] }]);
  });
});

describe('toHold() of an application with exemptions', () => {
  @Controller('licensed')
  @UseGuards({ canActivate: () => false })
  class LicensedController {
    @Get()
    show() {
      return {};
    }
  }

  it('calls the handlers of the application, below exempt operations as well, and no exempt ones', async () => {
    const inHeader = tokenFromHeader();
    const tokenSource: TokenSource = (context) =>
      context.getType() === 'rpc' ? undefined : inHeader(context);
    const { app } = await startMatrixApplication({
      imports,
      controllers: [ReportsController, LicensedController],
      providers: [CostResolver],
      module: {
        requireUserByDefault: true,
        except: [...except, LicensedController],
        tokenSource,
      },
    });
    await expectAccess(app).toHold();
    expectAccess(app).toHaveNoOpenHandlers();
  });
});

describe('A hybrid application', () => {
  it('starts with messages of an exempted module, whatever global guards reach', async () => {
    const hybrid = await startHybrid({
      imports: [
        PropelAuthModule.forRoot({
          ...issuer.moduleOptions,
          requireUserByDefault: true,
          except: [HealthMessages],
        }),
      ],
      controllers: [HealthMessages],
    });
    expect(await hybrid.send('health', {})).toBe('ok');
  });
});

const start = (named: unknown[], { imports: more = [], ...rest }: ModuleMetadata = {}) =>
  messageOf(
    startGuarded(
      { imports: [graphql(), LibraryModule, ...more], ...rest },
      { requireUserByDefault: true, except: named as Type[] },
    ),
  );

describe('Startup', () => {
  @Controller('parameters')
  class ParameterController {
    @Post()
    show(@CurrentUser() user: User, @Body() _body: unknown) {
      return user;
    }
  }

  it.each<[string, Type]>([
    ['a rule', routeUnder('decorated', RequireUser())],
    ['@Public()', routeUnder('public', Public())],
    ['the guard', routeUnder('guarded', UseGuards(PropelAuthGuard))],
    ['a parameter', ParameterController],
  ])('fails for a module of the application, whose class has %s', async (_what, controller) => {
    @Module({ controllers: [controller] })
    class OwnModule {}
    const message = await start([OwnModule], { imports: [OwnModule] });
    expect(message).toBe(
      `except lists OwnModule, but ${controller.name} has decorators of nestjs-propelauth, so it belongs to ` +
        'the application. Write @Public() on the handlers that everyone may call, or remove OwnModule from the list.',
    );
  });

  it('fails for a class that a module outside of the list declares as well', async () => {
    expect(await start([LibraryModule], { controllers: [HealthController] })).toMatch(
      /^except lists LibraryModule, but RootTestModule declares its HealthController as well\./,
    );
    const both = [LibraryModule, HealthController];
    expect(await start(both, { controllers: [HealthController] })).toBe('');
  });

  it('fails for a class whose prototype.constructor is an exempted class', async () => {
    @Controller('copying')
    class CopyingController {
      @Get()
      show() {
        return {};
      }
    }
    const copied: object = Object.getOwnPropertyDescriptors(HealthController.prototype);
    Object.defineProperties(CopyingController.prototype, copied as PropertyDescriptorMap);
    expect(await start([LibraryModule], { controllers: [CopyingController] })).toContain(
      'CopyingController: prototype.constructor is HealthController',
    );
  });

  it('fails for a tool of @rekog/mcp-nest', async () => {
    @Controller()
    class ToolsController {
      @Tool({ name: 'list_reports', description: 'Lists reports' })
      list() {
        return [];
      }
    }
    const message = await start([ToolsController], { controllers: [ToolsController] });
    expect(message).toContain(
      "ToolsController has handlers for callers of the kind 'mcp' alone, which cannot be exempted.",
    );
  });

  it('fails for a field of the application below an exempt operation, if Nest calls no guards for fields', async () => {
    const starting = startGuarded(
      {
        imports: [graphql({ fieldResolverEnhancers: [] }), LibraryModule],
        providers: [CostResolver],
      },
      { requireUserByDefault: true, except: [LibraryModule] },
    );
    const message = await messageOf(starting);
    expect(message).toContain('CostResolver.cost (GraphQL field Product.cost)');
    expect(message).not.toContain('ProductResolver');
  });
});
