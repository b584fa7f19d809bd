import {
  Body,
  Controller,
  Get,
  Param,
  Post,
  Query,
  UseGuards,
  VersioningType,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOperation,
  ApiProperty,
  ApiSecurity,
  ApiUnauthorizedResponse,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import {
  CurrentOrg,
  CurrentUser,
  DenyImpersonation,
  OptionalUser,
  OrgMemberInfo,
  PropelAuthConfigurationError,
  PropelAuthGuard,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  tokenFromCookie,
  tokenFromHeader,
  User,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startApplication } from '../support/application.js';
import { startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { AUTH_URL } from '../support/project.js';
import { classOf } from '../support/routes.js';
import { reportsControllers, type WrittenRules } from '../startup/reports-controller.js';

type Security = Record<string, string[]>[];

const user = RequireUser();
const optional = OptionalUser();
const everyone = Public();
const member = RequireOrgMember();
const ofApplication = RequireOrgMember({ org: () => undefined });
const keys = RequireApiKey();
const orgKeys = RequireApiKey({ kind: 'org' });
const personal = RequireUserOrApiKey({ kind: 'personal' });
const inCookie = { tokenSource: tokenFromCookie('a|b') };

const REQUIRED: Security = [{ bearer: [] }];
const OPTIONAL: Security = [{}, { bearer: [] }];
const KEYS: Security = [{ 'api-key': [] }];
const IN_COOKIE: Security = [{ 'cookie.a_b': [] }];
const ofGateway = ApiSecurity('gateway');

type Route = [what: string, WrittenRules, Security | undefined, errors: string];

/** Handlers, the security of their operation, also with plain SwaggerModule, and the statuses of its errors. */
const MARKED: Route[] = [
  ['no rule', {}, undefined, ''],
  ['a user', { handler: [user] }, REQUIRED, '401'],
  ['an optional user', { handler: [optional] }, OPTIONAL, ''],
  ['a member', { handler: [member] }, REQUIRED, '401 403'],
  ['several rules', { handler: [user, ofApplication, RequireOrgRole('A')] }, REQUIRED, '401 403'],
  ['a user, by the class', { class: [user] }, REQUIRED, '401'],
  ['a user, by the parent', { parent: [user] }, REQUIRED, '401'],
  ['an optional user, by the class', { class: [optional] }, OPTIONAL, ''],
  [
    'a user, in a class for optional ones',
    { class: [optional], handler: [user], second: [] },
    REQUIRED,
    '401',
  ],
  ['an API key', { handler: [keys] }, KEYS, '401 429 503'],
  ['a key of a role', { handler: [orgKeys, RequireOrgRole('A')] }, KEYS, '401 403 429 503'],
  ['a user or a key', { handler: [personal] }, [...REQUIRED, ...KEYS], '401 429 503'],
  [
    'step-up MFA',
    { handler: [RequireStepUpMfa('PAY'), DenyImpersonation()] },
    REQUIRED,
    '401 403 503',
  ],
  ['no rule, and another guard', { class: [ofGateway] }, [{ gateway: [] }], ''],
  [
    'everyone, and another guard',
    { class: [ofGateway], handler: [everyone] },
    [{ gateway: [] }],
    '',
  ],
];

/** Handlers of which plain SwaggerModule cannot say all. */
const COMBINED: Route[] = [
  ['everyone', { handler: [everyone] }, [], ''],
  ['everyone, in a class for users', { class: [user], handler: [everyone] }, [], ''],
  ['everyone, under a parent for users', { parent: [user], class: [everyone] }, [], ''],
  ['an optional user, in a class for users', { class: [user], handler: [optional] }, OPTIONAL, ''],
  ['the guard alone', { class: [UseGuards(PropelAuthGuard)] }, REQUIRED, '401'],
  // Every guard must allow a call, so what others require is added with AND.
  [
    'a user, and another guard',
    { class: [ofGateway], handler: [user] },
    [{ bearer: [], gateway: [] }],
    '401',
  ],
  [
    'an optional user, and another guard',
    { class: [ofGateway], handler: [optional] },
    [{ gateway: [] }, { bearer: [], gateway: [] }],
    '',
  ],
  [
    'a user, and either of two other guards',
    { class: [ofGateway], handler: [ApiSecurity('cookie'), user] },
    [
      { bearer: [], gateway: [] },
      { bearer: [], cookie: [] },
    ],
    '401',
  ],
  ['a cookie', { class: [user], handler: [RequireUser(inCookie)] }, IN_COOKIE, '401 403'],
  [
    'a cookie, documented as bearer',
    { handler: [ApiBearerAuth(), RequireUser(inCookie)] },
    IN_COOKIE,
    '401 403',
  ],
  [
    'an optional cookie, documented as one',
    { handler: [ApiSecurity('cookie.a_b'), OptionalUser(inCookie)] },
    [{}, ...IN_COOKIE],
    '403',
  ],
];

const config = new DocumentBuilder().setTitle('Test').setVersion('1').build();

const documentOf = (app: INestApplication, from = config) =>
  PropelAuthSwagger.createDocument(app, from);

class Note {
  @ApiProperty()
  text!: string;
}

@Controller()
class NotesController {
  @Post('orgs/:orgId/notes/:number')
  @RequireOrgMember()
  create(
    @CurrentUser() _user: User,
    @Param('number') _number: number,
    @CurrentOrg() _org: OrgMemberInfo,
    @Body() _note: Note,
    @Query('isDraft') _isDraft: boolean,
  ) {}

  @Get('own-words')
  @RequireUser()
  @ApiOperation({ description: 'Says hello.' })
  @ApiUnauthorizedResponse({ description: 'Who are you?' })
  ownWords() {}

  @Post('pay')
  @RequireStepUpMfa('PAY')
  pay() {}

  @Post('own-header')
  @RequireStepUpMfa('PAY')
  @ApiHeader({ name: 'X-Step-Up-Grant', description: 'Ours', required: true })
  ownHeader() {}
}

const ROUTES = [...MARKED, ...COMBINED];
const { app } = await startGuarded({
  controllers: [...reportsControllers(ROUTES.map(([, written]) => written)), NotesController],
});
const document = documentOf(app);
const plain = SwaggerModule.createDocument(app, new DocumentBuilder().addBearerAuth().build());
/** With OAuth2. */
const signingIn = PropelAuthSwagger.createDocument(app, config, {
  oauth2: { clientId: 'the-client' },
});

const pathOf = (what: string) => `/${ROUTES.findIndex(([name]) => name === what)}/{orgId}`;

describe('The document says of a route', () => {
  it.each(ROUTES)('its security and its possible errors: %s', (what, _rules, security, errors) => {
    const operation = document.paths[pathOf(what)]?.get;
    expect(operation?.security).toEqual(security);
    const responses = operation?.responses ?? {};
    const statuses = Object.keys(responses).filter((status) => status >= '400');
    expect(statuses.join(' ')).toBe(errors);
    const isOriginChecked = JSON.stringify(responses).includes('origin_not_allowed');
    expect(isOriginChecked).toBe(JSON.stringify(security ?? []).includes('cookie.'));
  });

  it.each(MARKED)('the same with plain SwaggerModule: %s', (what, _rules, security) => {
    expect(plain.paths[pathOf(what)]?.get?.security).toEqual(security);
  });

  it('with plain SwaggerModule as well that it is for optional users, in a class for users', () => {
    const path = pathOf('an optional user, in a class for users');
    expect(plain.paths[path]?.get?.security).toContainEqual({});
    expect(JSON.stringify(plain)).not.toContain('marker');
  });

  it.each([
    ['/own-words', 'Says hello.\n\nAccess: user.'],
    [pathOf('everyone'), 'Access: public.'],
    [pathOf('no rule'), undefined],
  ])('in words what it requires: %s', (path, description) => {
    expect(document.paths[path]?.get?.description).toBe(description);
  });

  it('nothing in x-propelauth if the guard does not decide about it', () => {
    expect(document.paths[pathOf('no rule')]?.get).not.toHaveProperty('x-propelauth');
    expect(document.paths[pathOf('everyone')]?.get).toHaveProperty('x-propelauth.access', 'public');
  });

  it('the body and the challenge of an error, unless the route describes it itself', () => {
    expect(document.paths[pathOf('a user')]?.get?.responses['401']).toMatchObject({
      headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
      content: {
        'application/json': { schema: { $ref: '#/components/schemas/PropelAuthError' } },
      },
    });
    expect(document.paths['/own-words']?.get?.responses['401']).toMatchObject({
      description: 'Who are you?',
    });
  });

  it('the header of a step-up grant, once', () => {
    expect(document.paths['/pay']?.post?.parameters).toMatchObject([
      { name: 'x-step-up-grant', in: 'header', required: true },
    ]);
    expect(document.paths['/own-header']?.post?.parameters).toMatchObject([
      { description: 'Ours' },
    ]);
  });

  it('the types of parameters next to @CurrentUser() and @CurrentOrg(), but not those two', () => {
    const operation = document.paths['/orgs/{orgId}/notes/{number}']?.post;
    expect(operation?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Note' } } },
    });
    expect(operation?.parameters).toEqual([
      expect.objectContaining({ in: 'path', name: 'orgId' }),
      expect.objectContaining({ in: 'path', name: 'number', schema: { type: 'number' } }),
      expect.objectContaining({ in: 'query', name: 'isDraft', schema: { type: 'boolean' } }),
    ]);
    expect(Object.keys(document.components?.schemas ?? {}).toSorted()).toEqual([
      'Note',
      'PropelAuthError',
    ]);
  });

  it('the requirements of the whole document, and its own with AND', () => {
    const from = new DocumentBuilder().addSecurityRequirements('gateway').build();
    const { paths } = documentOf(app, from);
    const securityFor = (what: string) => paths[pathOf(what)]?.get?.security;
    expect(securityFor('a user')).toEqual([{ bearer: [], gateway: [] }]);
    expect(securityFor('everyone')).toEqual([{ gateway: [] }]);
    expect(securityFor('no rule')).toBeUndefined();
  });

  it('the same each time it is created', () => {
    expect(documentOf(app)).toEqual(document);
  });
});

describe('The schemes of the document', () => {
  it('are those that routes use: where to get a token, a key, and each cookie', () => {
    expect(document.components?.securitySchemes).toEqual({
      bearer: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: expect.stringContaining(`](${AUTH_URL}/api/v1/refresh_token)`) as string,
      },
      'api-key': expect.objectContaining({ type: 'apiKey', in: 'header', name: 'x-api-key' }),
      'cookie.a_b': expect.objectContaining({ type: 'apiKey', in: 'cookie', name: 'a|b' }),
    });
  });

  it('keep the application’s own scheme bearer', () => {
    const own = new DocumentBuilder().addBearerAuth({ type: 'http', description: 'Ours' }).build();
    expect(documentOf(app, own).components?.securitySchemes?.['bearer']).toMatchObject({
      description: 'Ours',
    });
  });

  it('offer OAuth2 with PKCE, before the token', () => {
    const { components } = signingIn;
    expect(components?.securitySchemes?.['oauth2']).toMatchObject({
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: `${AUTH_URL}/propelauth/oauth/authorize`,
          tokenUrl: `${AUTH_URL}/propelauth/oauth/token`,
          scopes: {},
        },
      },
    });
    expect(Object.keys(components?.securitySchemes ?? {}).slice(0, 2)).toEqual([
      'oauth2',
      'bearer',
    ]);
    const securityFor = (what: string) => signingIn.paths[pathOf(what)]?.get?.security;
    expect(securityFor('a user')).toEqual([{ bearer: [] }, { oauth2: [] }]);
    expect(securityFor('an optional user')).toEqual([{}, { bearer: [] }, { oauth2: [] }]);
    expect(securityFor('everyone')).toEqual([]);
  });

  it.each([[{ clientId: '' }], [{}]])('cannot be made without a client id: %j', (oauth2) => {
    const options = { oauth2: oauth2 as { clientId: string } };
    expect(() => PropelAuthSwagger.createDocument(app, config, options)).toThrow(
      /oauth2\.clientId/,
    );
  });
});

it.each(['3.0.0', '3.1.0'])('The document is valid OpenAPI %s', async (openapi) => {
  const result = await new Validator().validate(structuredClone({ ...signingIn, openapi }));
  expect(result).toEqual({ valid: true });
});

/** The security of each operation, by method and path. */
async function securityOf(
  metadata: ModuleMetadata,
  options: Partial<PropelAuthOptions> = {},
  prepare: (starting: INestApplication) => void = () => {},
): Promise<Record<string, unknown>> {
  const { paths } = documentOf((await startGuarded(metadata, options, prepare)).app);
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { security?: unknown }>).map(
        ([method, { security }]) => [`${method} ${path}`, security],
      ),
    ),
  );
}

describe('The security of an application', () => {
  it.each<[string, ModuleMetadata, Partial<PropelAuthOptions>]>([
    ['requireUserByDefault', {}, { requireUserByDefault: true }],
    [
      'APP_GUARD with the class',
      { providers: [{ provide: APP_GUARD, useClass: PropelAuthGuard }] },
      {},
    ],
    [
      'APP_GUARD with the instance',
      { providers: [{ provide: APP_GUARD, useExisting: PropelAuthGuard }] },
      {},
    ],
  ])('locks undecorated routes under %s', async (_name, metadata, options) => {
    const type = classOf('Reports', [Controller()], {
      undecorated: [Get('undecorated')],
      public: [Get('public'), everyone],
    });
    expect(await securityOf({ ...metadata, controllers: [type] }, options)).toEqual({
      'get /undecorated': REQUIRED,
      'get /public': [],
    });
  });

  it('is that of each subclass of an inherited handler', async () => {
    const base = classOf('Base', [], { list: [Get()] });
    const guarded = classOf('Guarded', [Controller('guarded'), user], {}, { parent: base });
    const controllers = [
      classOf('Open', [Controller('open')], {}, { parent: base }),
      guarded,
      classOf('Heir', [Controller('heir'), everyone], {}, { parent: guarded }),
    ];
    expect(await securityOf({ controllers })).toEqual({
      'get /open': undefined,
      'get /guarded': REQUIRED,
      'get /heir': [],
    });
  });

  it('is on every path, version and prefix of a handler', async () => {
    const path = ['one', 'two'];
    const type = classOf('Many', [Controller({ path, version: ['1', '2'] })], {
      many: [Get(['a', 'b']), user],
      other: [Post('a'), everyone],
    });
    const security = await securityOf({ controllers: [type] }, {}, (starting) => {
      starting.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI });
    });
    const places = ['v1/one', 'v1/two', 'v2/one', 'v2/two'].map((place) => `/api/${place}`);
    expect(security).toEqual(
      Object.fromEntries(
        places.flatMap((place) => [
          [`get ${place}/a`, REQUIRED],
          [`get ${place}/b`, REQUIRED],
          [`post ${place}/a`, []],
        ]),
      ),
    );
  });

  it('is the cookie of the module, or a header if it reads that as well', async () => {
    const type = classOf('Cookies', [Controller(), user], {
      module: [Post('module')],
      own: [Post('own'), RequireUser(inCookie)],
      header: [Post('header'), RequireUser({ tokenSource: tokenFromHeader() })],
      script: [Post('script'), keys],
    });
    const tokenSource = tokenFromCookie('__Host-token', { orHeader: true });
    expect(await securityOf({ controllers: [type] }, { tokenSource })).toEqual({
      'post /module': [{ 'cookie.__Host-token': [] }, { bearer: [] }],
      'post /own': IN_COOKIE,
      'post /header': REQUIRED,
      'post /script': KEYS,
    });
  });
});

it('An application without PropelAuthModule throws an error that says to import it', async () => {
  const { app: other } = await startApplication({});
  expect(() => documentOf(other)).toThrow(PropelAuthConfigurationError);
});
