import {
  Controller,
  Get,
  Post,
  UseGuards,
  VersioningType,
  type ModuleMetadata,
} from '@nestjs/common';
import { APP_GUARD, RouterModule } from '@nestjs/core';
import {
  ApiBearerAuth,
  ApiSecurity,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  OptionalUser,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  tokenFromCookie,
  tokenFromHeader,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../support/application.js';

const issuer = await TestIssuer.create();
const config = new DocumentBuilder().setTitle('Test').build();

const REQUIRED = [{ bearer: [] }];
const OPTIONAL = [{}, { bearer: [] }];

/** The security of each operation, by method and path. */
function securityByOperation(document: OpenAPIObject): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations as Record<string, { security?: unknown }>).map(
        ([method, { security }]) => [`${method} ${path}`, security],
      ),
    ),
  );
}

describe('The security of operations', () => {
  let application: RunningApplication;

  async function securityOf(
    metadata: ModuleMetadata,
    prepare?: Parameters<typeof startApplication>[1],
    documentConfig = config,
  ): Promise<Record<string, unknown>> {
    const { imports = [], ...rest } = metadata;
    const forRoot = PropelAuthModule.forRoot(issuer.moduleOptions);
    application = await startApplication({ imports: [forRoot, ...imports], ...rest }, prepare);
    return securityByOperation(PropelAuthSwagger.createDocument(application.app, documentConfig));
  }

  it('is one requirement, an alternative or none, as the handler declares', async () => {
    @Controller()
    class HandlersController {
      @Get('required')
      @RequireUser()
      required() {}

      @Get('optional')
      @OptionalUser()
      optional() {}

      @Get('public')
      @Public()
      public() {}

      @Get('several')
      @RequireUser()
      @RequireOrgMember({ org: () => undefined })
      @RequireOrgRole('Admin')
      several() {}

      @Get('open')
      open() {}
    }
    expect(await securityOf({ controllers: [HandlersController] })).toEqual({
      'get /required': REQUIRED,
      'get /optional': OPTIONAL,
      'get /public': [],
      'get /several': REQUIRED,
      'get /open': undefined,
    });
  });

  it('follows the nearest decorator of handler and class', async () => {
    @Controller('required')
    @RequireUser()
    class RequiredController {
      @Get('none')
      none() {}

      @Get('optional')
      @OptionalUser()
      optional() {}

      @Get('public')
      @Public()
      public() {}
    }
    @Controller('optional')
    @OptionalUser()
    class OptionalController {
      @Get('none')
      none() {}

      @Get('required')
      @RequireUser()
      required() {}
    }
    const security = await securityOf({ controllers: [RequiredController, OptionalController] });
    expect(security).toEqual({
      'get /required/none': REQUIRED,
      'get /required/optional': OPTIONAL,
      'get /required/public': [],
      'get /optional/none': OPTIONAL,
      'get /optional/required': REQUIRED,
    });
  });

  it('is that of each subclass of an inherited handler', async () => {
    class Base {
      @Get()
      list() {}
    }
    @Controller('open')
    class OpenController extends Base {}
    @Controller('guarded')
    @RequireUser()
    class GuardedController extends Base {}
    @Controller('heir')
    @Public()
    class HeirController extends GuardedController {}
    const controllers = [OpenController, GuardedController, HeirController];
    expect(await securityOf({ controllers })).toEqual({
      'get /open': undefined,
      'get /guarded': REQUIRED,
      'get /heir': [],
    });
  });

  it.each([
    ['APP_GUARD with the class', { provide: APP_GUARD, useClass: PropelAuthGuard }],
    ['APP_GUARD with the instance', { provide: APP_GUARD, useExisting: PropelAuthGuard }],
  ])('locks undecorated routes under %s', async (_name, guard) => {
    @Controller()
    class UndecoratedController {
      @Get('undecorated')
      undecorated() {}

      @Get('public')
      @Public()
      public() {}
    }
    const security = await securityOf({ controllers: [UndecoratedController], providers: [guard] });
    expect(security).toEqual({ 'get /undecorated': REQUIRED, 'get /public': [] });
  });

  it('locks undecorated routes under requireUserByDefault and under the guard alone', async () => {
    @Controller()
    class UndecoratedController {
      @Get()
      undecorated() {}
    }
    const forRoot = PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      requireUserByDefault: true,
    });
    application = await startApplication({
      imports: [forRoot],
      controllers: [UndecoratedController],
    });
    const document = PropelAuthSwagger.createDocument(application.app, config);
    expect(securityByOperation(document)).toEqual({ 'get /': REQUIRED });

    @Controller()
    @UseGuards(PropelAuthGuard)
    class GuardedController {
      @Get()
      guarded() {}
    }
    expect(await securityOf({ controllers: [GuardedController] })).toEqual({ 'get /': REQUIRED });
  });

  it('is on every path, version and prefix of a handler', async () => {
    @Controller({ path: ['one', 'two'], version: ['1', '2'] })
    class ManyPathsController {
      @Get(['a', 'b'])
      @RequireUser()
      many() {}

      @Post('a')
      @Public()
      other() {}
    }
    const security = await securityOf(
      {
        controllers: [ManyPathsController],
        imports: [RouterModule.register([])],
      },
      (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: VersioningType.URI });
      },
    );
    const locked = Object.keys(security).filter((operation) => operation.startsWith('get'));
    expect(locked).toHaveLength(8);
    expect(Object.keys(security)).toContain('get /api/v2/two/b');
    for (const [operation, requirements] of Object.entries(security)) {
      expect(requirements).toEqual(operation.startsWith('get') ? REQUIRED : []);
    }
  });

  it('keeps the requirements of other schemes, and adds its own with AND', async () => {
    @Controller()
    @ApiSecurity('gateway')
    class OtherSchemesController {
      @Get('required')
      @RequireUser()
      required() {}

      @Get('optional')
      @OptionalUser()
      optional() {}

      @Get('public')
      @Public()
      public() {}

      @Get('either')
      @ApiSecurity('cookie')
      @RequireUser()
      either() {}

      @Get('open')
      open() {}
    }
    expect(await securityOf({ controllers: [OtherSchemesController] })).toEqual({
      'get /required': [{ bearer: [], gateway: [] }],
      'get /optional': [{ gateway: [] }, { bearer: [], gateway: [] }],
      'get /public': [{ gateway: [] }],
      'get /either': [
        { bearer: [], gateway: [] },
        { bearer: [], cookie: [] },
      ],
      'get /open': [{ gateway: [] }],
    });
  });

  it('adds its own to the requirements of the whole document', async () => {
    @Controller()
    class DocumentController {
      @Get('required')
      @RequireUser()
      required() {}

      @Get('public')
      @Public()
      public() {}

      @Get('open')
      open() {}
    }
    const documentConfig = new DocumentBuilder().addSecurityRequirements('gateway').build();
    const controllers = [DocumentController];
    expect(await securityOf({ controllers }, undefined, documentConfig)).toEqual({
      'get /required': [{ bearer: [], gateway: [] }],
      'get /public': [{ gateway: [] }],
      'get /open': undefined,
    });
  });

  it('is a cookie for routes whose token is in one, or one of both', async () => {
    @Controller()
    @RequireUser()
    class CookiesController {
      @Post('module')
      module() {}

      @Post('own')
      @RequireUser({ tokenSource: tokenFromCookie('a|b') })
      own() {}

      @Get('read')
      @RequireUser({ tokenSource: tokenFromCookie('a|b') })
      read() {}

      @Post('header')
      @RequireUser({ tokenSource: tokenFromHeader() })
      header() {}

      @Post('script')
      @RequireApiKey()
      script() {}

      // Requirements that only repeat what the package adds.
      @Get('documented-as-bearer')
      @ApiBearerAuth()
      @RequireUser({ tokenSource: tokenFromCookie('a|b') })
      documentedAsBearer() {}

      @Get('documented-as-cookie')
      @ApiSecurity('cookie.a_b')
      @OptionalUser({ tokenSource: tokenFromCookie('a|b') })
      documentedAsCookie() {}
    }
    const tokenSource = tokenFromCookie('__Host-token', { orHeader: true });
    const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource });
    application = await startApplication({ imports: [forRoot], controllers: [CookiesController] });
    const document = PropelAuthSwagger.createDocument(application.app, config);
    expect(securityByOperation(document)).toEqual({
      'post /module': [{ 'cookie.__Host-token': [] }, { bearer: [] }],
      'post /own': [{ 'cookie.a_b': [] }],
      'get /read': [{ 'cookie.a_b': [] }],
      'post /header': REQUIRED,
      'post /script': [{ 'api-key': [] }],
      'get /documented-as-bearer': [{ 'cookie.a_b': [] }],
      'get /documented-as-cookie': [{}, { 'cookie.a_b': [] }],
    });
    expect(document.components?.securitySchemes).toMatchObject({
      'cookie.__Host-token': { type: 'apiKey', in: 'cookie', name: '__Host-token' },
      'cookie.a_b': { type: 'apiKey', in: 'cookie', name: 'a|b' },
    });
    const forbidden = Object.entries(document.paths).filter(([, { post, get }]) =>
      JSON.stringify((post ?? get)?.responses).includes('origin_not_allowed'),
    );
    expect(forbidden.map(([path]) => path)).toEqual([
      '/module',
      '/own',
      '/read',
      '/documented-as-bearer',
      '/documented-as-cookie',
    ]);
  });

  it('leaves the metadata of classes and handlers unchanged', async () => {
    @Controller()
    @RequireUser()
    class SameController {
      @Get()
      same() {}
    }
    const before = await securityOf({ controllers: [SameController] });
    const { app } = application;
    expect(securityByOperation(PropelAuthSwagger.createDocument(app, config))).toEqual(before);
    expect(JSON.stringify(SwaggerModule.createDocument(app, config))).not.toContain('marker');
  });

  it('is also correct for required and optional operations with plain SwaggerModule', async () => {
    @Controller('optional')
    @OptionalUser()
    class OptionalController {
      @Get('none')
      none() {}

      @Get('required')
      @RequireUser()
      required() {}
    }
    @Controller('required')
    @RequireUser()
    class RequiredController {
      @Get('none')
      none() {}

      @Get('optional')
      @OptionalUser()
      optional() {}
    }
    await securityOf({ controllers: [OptionalController, RequiredController] });
    const { app } = application;
    const document = SwaggerModule.createDocument(
      app,
      new DocumentBuilder().addBearerAuth().build(),
    );
    const security = securityByOperation(document);
    expect(security['get /optional/none']).toEqual(OPTIONAL);
    expect(security['get /optional/required']).toEqual(REQUIRED);
    expect(security['get /required/none']).toEqual(REQUIRED);
    expect(security['get /required/optional']).toContainEqual({});
  });
});
