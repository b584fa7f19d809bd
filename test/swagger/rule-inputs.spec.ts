import {
  All,
  Body,
  Controller,
  Get,
  Headers,
  Injectable,
  Param,
  Post,
  Put,
  Query,
  Version,
  VersioningType,
  type Type,
} from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiParam,
  ApiProperty,
  ApiQuery,
  DocumentBuilder,
  getSchemaPath,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  activeOrg,
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  type InjectableOrgSource,
  type OrgSource,
  type OrgSourceOption,
  type OrgSourceReads,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { classOf } from '../support/routes.js';

/** A source of the application that says what it reads. */
function sourceOf(reads: OrgSourceReads): OrgSource {
  return Object.assign(() => undefined, { reads });
}

@Injectable()
class InvoiceOrgSource implements InjectableOrgSource {
  static readonly reads: OrgSourceReads = { from: 'path', name: 'id' };

  orgOf() {
    return undefined;
  }
}

class ListQuery {
  @ApiProperty({ description: 'Whose reports.', required: false, format: 'uuid' })
  orgId?: string;

  @ApiProperty()
  page!: number;
}

class Note {
  @ApiProperty()
  text!: string;
}

class NoteOfOrg {
  @ApiProperty()
  text!: string;

  @ApiProperty({ required: false, format: 'uuid' })
  orgId?: string;
}

class CompleteNote {
  @ApiProperty({ description: 'Whose note.' })
  orgId!: string;
}

/** Gives a handler parameters, with what the compiler emits about their types. */
function taking(...parameters: [ParameterDecorator, type: Function][]): MethodDecorator {
  return (target, key) => {
    const types = parameters.map(([, type]) => type);
    Reflect.defineMetadata('design:paramtypes', types, target, key);
    for (const [index, [decorate]] of [...parameters.entries()].toReversed()) {
      decorate(target, key, index);
    }
  };
}

const member = RequireOrgMember();
const memberBy = (org: OrgSourceOption) => RequireOrgMember({ org });
const byHeader = memberBy(orgFromHeader('x-org-id'));

const string = { type: 'string' };
const ORG_ID = 'The id of the organization.';
const OF_REQUEST = 'The organization that the request is about.';
const inPath = { name: 'orgId', in: 'path', required: true, description: ORG_ID, schema: string };
const inQuery = { ...inPath, in: 'query' };
const inHeader = { ...inPath, in: 'header', name: 'x-org-id' };
const ours = { description: 'Ours.' };

/** Handlers, and the parameters of their operation. */
const PARAMETERS: [what: string, path: string, MethodDecorator[], parameters: object[]][] = [
  ['of the path', 'path/:orgId', [member], [inPath]],
  [
    'of the path, which is a name',
    'name/:orgName',
    [memberBy(orgNameFromParam())],
    [
      {
        ...inPath,
        name: 'orgName',
        description: 'The URL-safe name of the organization, such as acme-inc.',
      },
    ],
  ],
  ['of the query', 'query', [memberBy(orgFromQuery())], [inQuery]],
  [
    'of a header',
    'header',
    [memberBy(orgFromHeader('X-Org-Id'))],
    [{ ...inHeader, name: 'X-Org-Id' }],
  ],
  ['none, for the token', 'token', [memberBy(activeOrg())], []],
  ['none, for a source that says nothing', 'silent', [memberBy(() => undefined)], []],
  [
    'of a source that says what it reads',
    'tenant',
    [memberBy(sourceOf({ from: 'query', name: 'tenant', description: 'The name of a tenant.' }))],
    [{ ...inQuery, name: 'tenant', description: 'The name of a tenant.' }],
  ],
  [
    'of a source that can do without',
    'tenant-or-token',
    [memberBy(sourceOf({ from: 'header', name: 'x-tenant', required: false }))],
    [{ ...inHeader, name: 'x-tenant', required: false, description: OF_REQUEST }],
  ],
  [
    'of a source that is a class',
    'invoices/:id',
    [memberBy(InvoiceOrgSource)],
    [{ ...inPath, name: 'id', description: OF_REQUEST }],
  ],
  ['for users and API keys', 'scripts/:orgId', [RequireUserOrApiKey(), member], [inPath]],
  ['for API keys', 'keys/:orgId', [RequireApiKey(), member], [inPath]],
  [
    'before the header of a step-up grant',
    'step-up/:orgId',
    [member, RequireStepUpMfa('PAY')],
    [inPath, expect.objectContaining({ in: 'header', required: true })],
  ],
  [
    'at the place of @Param(), with a description',
    'param/:orgId/:number',
    [member, taking([Param('number'), Number], [Param('orgId'), String])],
    [{ name: 'number', in: 'path', required: true, schema: { type: 'number' } }, inPath],
  ],
  [
    'with the description and schema of @ApiParam()',
    'api-param/:orgId',
    [member, ApiParam({ name: 'orgId', ...ours, type: String, example: 'a', format: 'uuid' })],
    [{ ...inPath, ...ours, schema: { ...string, example: 'a', format: 'uuid' } }],
  ],
  [
    'with the description of an optional @ApiQuery(), but required',
    'optional-query',
    [
      memberBy(orgFromQuery()),
      ApiQuery({ name: 'orgId', required: false, ...ours }),
      taking([Query('orgId'), String]),
    ],
    [{ ...inQuery, ...ours }],
  ],
  [
    'of a class for the query, once',
    'dto',
    [memberBy(orgFromQuery()), taking([Query(), ListQuery])],
    [
      {
        ...inQuery,
        description: 'Whose reports.',
        schema: expect.objectContaining({ format: 'uuid' }) as object,
      },
      expect.objectContaining({ name: 'page' }),
    ],
  ],
  [
    'of @ApiHeader() in another case, once',
    'other-case',
    [byHeader, ApiHeader({ name: 'X-Org-Id', required: false })],
    [{ ...inHeader, name: 'X-Org-Id' }],
  ],
  [
    'of @ApiHeader() and @Headers() in different cases, once',
    'twice',
    [byHeader, ApiHeader({ name: 'X-Org-Id', ...ours }), taking([Headers('x-org-id'), String])],
    [expect.objectContaining({ in: 'header', required: true, ...ours })],
  ],
  [
    'beside one of the same name in another place',
    'elsewhere/:orgId',
    [member, taking([Query('orgId'), String])],
    [inPath, { name: 'orgId', in: 'query', required: true, schema: string }],
  ],
  [
    'of each rule of handler and class',
    'levels/:orgId/own',
    [RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') })],
    [inHeader, inPath],
  ],
  [
    'of two rules with one source, once',
    'levels/:orgId/same',
    [RequireOrgRole('Admin', { org: orgFromParam('orgId') })],
    [inPath],
  ],
  ['none, if @Public() lifts the rule', 'levels/:orgId/lifted', [Public()], []],
];

const property = { type: 'string', description: ORG_ID };
const named = { type: 'object', properties: { orgId: property }, required: ['orgId'] };
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const JSON_TYPE = 'application/json';
const FORM = 'multipart/form-data';
const text = { type: 'string' } as const;
const binary = { type: 'string', format: 'binary' } as const;
const byBody = memberBy(orgFromBody('orgId'));
const orActive = sourceOf({
  from: 'body',
  name: 'orgId',
  required: false,
  description: 'Or the active one.',
});

/** Handlers, and the bodies of their operation by their content type. They are required. The rule is on the class. */
const BODIES: [
  what: string,
  rule: ReturnType<typeof RequireOrgMember>,
  MethodDecorator[],
  schemas: Record<string, object>,
][] = [
  ['if the handler declares none', byBody, [], { [JSON_TYPE]: named }],
  [
    'if the handler takes another property',
    byBody,
    [taking([Body('title'), String])],
    { [JSON_TYPE]: named },
  ],
  [
    'next to those of a class',
    byBody,
    [taking([Body(), Note])],
    { [JSON_TYPE]: { allOf: [ref('Note'), named] } },
  ],
  [
    'as a class declares it, but required',
    byBody,
    [taking([Body(), NoteOfOrg])],
    {
      [JSON_TYPE]: {
        allOf: [
          ref('NoteOfOrg'),
          { ...named, properties: { orgId: { ...property, format: 'uuid' } } },
        ],
      },
    },
  ],
  [
    'once, if a class declares all of it',
    byBody,
    [taking([Body(), CompleteNote])],
    { [JSON_TYPE]: ref('CompleteNote') },
  ],
  [
    'in a schema without a name',
    byBody,
    [
      ApiBody({
        schema: {
          type: 'object',
          properties: { orgId: { ...text, ...ours }, text },
          required: ['text'],
        },
      }),
    ],
    {
      [JSON_TYPE]: {
        type: 'object',
        properties: { orgId: { ...text, ...ours }, text },
        required: ['text', 'orgId'],
      },
    },
  ],
  [
    'next to a choice of schemas',
    byBody,
    [ApiBody({ schema: { oneOf: [{ $ref: getSchemaPath(Note) }, { type: 'object' }] } })],
    { [JSON_TYPE]: { allOf: [{ oneOf: [ref('Note'), { type: 'object' }] }, named] } },
  ],
  [
    'in forms',
    byBody,
    [ApiConsumes(FORM), ApiBody({ schema: { type: 'object', properties: { file: binary } } })],
    { [FORM]: { ...named, properties: { file: binary, orgId: property } } },
  ],
  [
    'in each content type that the route accepts',
    byBody,
    [ApiConsumes(FORM, JSON_TYPE)],
    { [FORM]: named, [JSON_TYPE]: named },
  ],
  [
    'but not if the body is a file',
    byBody,
    [ApiConsumes('application/octet-stream'), ApiBody({ schema: binary })],
    { 'application/octet-stream': binary },
  ],
  [
    'for each rule',
    byBody,
    [RequirePermission('can_edit', { org: orgFromBody('ownerId') }), taking([Body(), Note])],
    {
      [JSON_TYPE]: {
        allOf: [
          ref('Note'),
          {
            type: 'object',
            properties: { orgId: property, ownerId: property },
            required: expect.arrayContaining(['orgId', 'ownerId']) as string[],
          },
        ],
      },
    },
  ],
  [
    'as a string, even under a name that every object inherits',
    memberBy(orgFromBody('constructor')),
    [taking([Body(), Note])],
    {
      [JSON_TYPE]: {
        allOf: [
          ref('Note'),
          { type: 'object', properties: { constructor: property }, required: ['constructor'] },
        ],
      },
    },
  ],
];

async function appWith(controllers: Type[], options: Partial<PropelAuthOptions> = {}) {
  const providers = [InvoiceOrgSource];
  const { app } = await startGuarded({ controllers, providers }, options, (prepared) => {
    prepared.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI });
  });
  return app;
}

type App = Awaited<ReturnType<typeof appWith>>;

const create = (app: App): OpenAPIObject =>
  PropelAuthSwagger.createDocument(
    app,
    new DocumentBuilder().setTitle('T').setVersion('1').build(),
  );

const app = await appWith([
  ...PARAMETERS.map(([, path, decorators]) => {
    const ofClass = path.startsWith('levels/') ? [member] : [];
    return classOf('Parameters', [Controller(), ...ofClass], { read: [Get(path), ...decorators] });
  }),
  ...BODIES.map(([, rule, decorators], index) =>
    classOf('Bodies', [Controller(), rule], { write: [Post(`body-${index}`), ...decorators] }),
  ),
  classOf('SeveralPaths', [Controller(['one/:orgId', 'two/:orgId/of/:year']), member], {
    show: [Get()],
    all: [All('all')],
    versions: [Get('versions'), Version(['1', '2'])],
  }),
  classOf('Others', [Controller()], {
    read: [Get('read'), byBody],
    other: [Put('other'), RequireUser(), ApiBody({ type: NoteOfOrg, required: false })],
    notRequired: [Post('not-required'), memberBy(orActive)],
  }),
]);
const document = create(app);
const { paths } = document;
const schemas = document.components?.schemas ?? {};

describe('An operation has the parameter that its organization rule reads:', () => {
  it.each(PARAMETERS)('%s', (_what, path, _decorators, parameters) => {
    const operation = paths[`/api/${path.replaceAll(/:(\w+)/g, '{$1}')}`]?.get;
    expect(operation?.parameters).toEqual(parameters);
  });

  it('of each path and version of its controller', () => {
    const several = Object.keys(paths).filter((path) => /\/(one|two)\//.test(path));
    expect(several).toHaveLength(8);
    for (const path of several) expect(paths[path]?.get?.parameters).toEqual([inPath]);
  });

  it('for each method of @All()', () => {
    const { get, post, delete: remove } = paths['/api/one/{orgId}/all'] ?? {};
    for (const one of [get, post, remove]) expect(one?.parameters).toEqual([inPath]);
  });

  it('if the orgSource option sets it', async () => {
    const plain = classOf('Plain', [Controller()], { plain: [Get('plain'), member] });
    const other = create(await appWith([plain], { orgSource: orgFromHeader('x-org-id') }));
    expect(other.paths['/api/plain']?.get?.parameters).toEqual([inHeader]);
  });

  it('but none that its path does not have', async () => {
    const odd = classOf('Odd', [Controller(['with/:orgId', 'without'])], { show: [Get(), member] });
    const other = create(await appWith([odd], { startupAudit: 'warn' }));
    expect(other.paths['/api/with/{orgId}']?.get?.parameters).toEqual([inPath]);
    expect(other.paths['/api/without']?.get?.parameters).toEqual([]);
  });
});

describe('The request body of an operation has the property that its organization rule reads,', () => {
  it.each(BODIES.map(([what, , , content], index) => ({ what, index, content })))(
    '$what',
    ({ index, content }) => {
      const expected = Object.entries(content).map(([type, schema]) => [type, { schema }]);
      expect(paths[`/api/body-${index}`]?.post?.requestBody).toEqual({
        required: true,
        content: Object.fromEntries(expected) as object,
      });
    },
  );

  it('as optional if its source declares it', () => {
    expect(paths['/api/not-required']?.post?.requestBody).toEqual({
      required: false,
      content: {
        [JSON_TYPE]: {
          schema: {
            type: 'object',
            properties: { orgId: { type: 'string', description: 'Or the active one.' } },
          },
        },
      },
    });
  });

  it('unless the method has no body', () => {
    expect(paths['/api/read']?.get).not.toHaveProperty('requestBody');
  });

  it('and leaves classes and the bodies of other operations unchanged', () => {
    expect(schemas['Note']).not.toHaveProperty('properties.orgId');
    expect(schemas['NoteOfOrg']).toMatchObject({ required: ['text'] });
    expect(paths['/api/other']?.put?.requestBody).toEqual({
      required: false,
      content: { [JSON_TYPE]: { schema: ref('NoteOfOrg') } },
    });
  });
});

it.each(['3.0.0', '3.1.0'])('The document is valid OpenAPI %s', async (openapi) => {
  // Of @All(), SwaggerModule also lists the method SEARCH, which OpenAPI does not have.
  const known = Object.entries(paths).filter(([, item]) => !('search' in item));
  const valid = { ...document, openapi, paths: Object.fromEntries(known) };
  const result = await new Validator().validate(structuredClone(valid));
  expect(result).toEqual({ valid: true });
});

it('The document is the same each time it is created', () => {
  expect(create(app)).toEqual(document);
});
