import {
  All,
  Controller,
  Get,
  Headers,
  Injectable,
  Param,
  Query,
  Version,
  VersioningType,
  type Type,
} from '@nestjs/common';
import {
  ApiHeader,
  ApiParam,
  ApiProperty,
  ApiQuery,
  DocumentBuilder,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  activeOrg,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  PropelAuthModule,
  Public,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUserOrApiKey,
  type InjectableOrgSource,
  type OrgSource,
  type OrgSourceReads,
  type PropelAuthModuleOptions,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../support/application.js';

const issuer = await TestIssuer.create();

const string = { type: 'string' };
const ORG_ID = 'The id of the organization.';
const inPath = { name: 'orgId', in: 'path', required: true, description: ORG_ID, schema: string };
const inQuery = { ...inPath, in: 'query' };
const inHeader = { ...inPath, in: 'header', name: 'x-org-id' };

const orgFromTenant: OrgSource = () => undefined;
orgFromTenant.reads = { from: 'query', name: 'tenant', description: 'The name of a tenant.' };

const orgFromHeaderOrToken: OrgSource = () => undefined;
orgFromHeaderOrToken.reads = { from: 'header', name: 'x-tenant', required: false };

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

@Controller('undeclared')
class UndeclaredController {
  @Get('path/:orgId')
  @RequireOrgMember()
  path() {}

  @Get('name/:orgName')
  @RequireOrgMember({ org: orgNameFromParam() })
  name() {}

  @Get('query')
  @RequireOrgMember({ org: orgFromQuery() })
  query() {}

  @Get('header')
  @RequireOrgMember({ org: orgFromHeader('X-Org-Id') })
  header() {}

  @Get('token')
  @RequireOrgMember({ org: activeOrg() })
  token() {}

  @Get('silent')
  @RequireOrgMember({ org: () => undefined })
  silent() {}

  @Get('tenant')
  @RequireOrgMember({ org: orgFromTenant })
  tenant() {}

  @Get('tenant-or-token')
  @RequireOrgMember({ org: orgFromHeaderOrToken })
  tenantOrToken() {}

  @Get('invoices/:id')
  @RequireOrgMember({ org: InvoiceOrgSource })
  invoice() {}

  @Get('scripts/:orgId')
  @RequireUserOrApiKey()
  @RequireOrgMember()
  scripts() {}

  @Get('keys/:orgId')
  @RequireApiKey()
  @RequireOrgMember()
  keys() {}

  @Get('step-up/:orgId')
  @RequireOrgMember()
  @RequireStepUpMfa('PAY')
  stepUp() {}
}

@Controller('declared')
class DeclaredController {
  @Get('param/:orgId/:number')
  @RequireOrgMember()
  param(@Param('number') _number: number, @Param('orgId') _orgId: string) {}

  @Get('api-param/:orgId')
  @RequireOrgMember()
  @ApiParam({ name: 'orgId', description: 'Ours.', type: String, example: 'acme', format: 'uuid' })
  apiParam() {}

  @Get('optional-query')
  @RequireOrgMember({ org: orgFromQuery() })
  @ApiQuery({ name: 'orgId', required: false, description: 'Ours.' })
  optionalQuery(@Query('orgId') _orgId?: string) {}

  @Get('dto')
  @RequireOrgMember({ org: orgFromQuery() })
  dto(@Query() _query: ListQuery) {}

  @Get('other-case')
  @RequireOrgMember({ org: orgFromHeader('x-org-id') })
  @ApiHeader({ name: 'X-Org-Id', required: false })
  otherCase() {}

  @Get('twice')
  @RequireOrgMember({ org: orgFromHeader('x-org-id') })
  @ApiHeader({ name: 'X-Org-Id', description: 'Ours.' })
  twice(@Headers('x-org-id') _orgId: string) {}

  @Get('same-name-elsewhere/:orgId')
  @RequireOrgMember()
  sameNameElsewhere(@Query('orgId') _orgId: string) {}
}

@Controller('levels/:orgId')
@RequireOrgMember()
class LevelsController {
  @Get('own')
  @RequireOrgRole('Admin', { org: orgFromHeader('x-org-id') })
  own() {}

  @Get('same')
  @RequireOrgRole('Admin', { org: orgFromParam('orgId') })
  same() {}

  @Get('lifted')
  @Public()
  lifted() {}
}

@Controller(['one/:orgId', 'two/:orgId/of/:year'])
@RequireOrgMember()
class SeveralPathsController {
  @Get()
  show() {}

  @All('all')
  all() {}

  @Version(['1', '2'])
  @Get('versions')
  versions() {}
}

async function documentOf(
  controllers: Type[],
  options: Partial<PropelAuthModuleOptions> = {},
): Promise<OpenAPIObject> {
  const { app } = await startApplication(
    {
      imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options })],
      controllers,
      providers: [InvoiceOrgSource],
    },
    (prepared) => {
      prepared.setGlobalPrefix('api');
      prepared.enableVersioning({ type: VersioningType.URI });
    },
  );
  return PropelAuthSwagger.createDocument(app, new DocumentBuilder().build());
}

const document = await documentOf([
  UndeclaredController,
  DeclaredController,
  LevelsController,
  SeveralPathsController,
]);

const parametersOf = (path: string) => document.paths[`/api${path}`]?.get?.parameters;

describe('An operation has the parameter that its organization rule reads', () => {
  it.each([
    ['path/{orgId}', [inPath]],
    [
      'name/{orgName}',
      [
        {
          ...inPath,
          name: 'orgName',
          description: 'The URL-safe name of the organization, such as acme-inc.',
        },
      ],
    ],
    ['query', [inQuery]],
    ['header', [{ ...inHeader, name: 'X-Org-Id' }]],
    ['token', []],
    ['silent', []],
    ['scripts/{orgId}', [inPath]],
    ['keys/{orgId}', [inPath]],
  ])('%s', (path, parameters) => {
    expect(parametersOf(`/undeclared/${path}`)).toEqual(parameters);
  });

  it('before the header of a step-up grant', () => {
    expect(parametersOf('/undeclared/step-up/{orgId}')).toEqual([
      inPath,
      expect.objectContaining({ in: 'header', required: true }),
    ]);
  });

  it('of each path and version of its controller', () => {
    const paths = Object.keys(document.paths).filter((path) => /(one|two)/.test(path));
    expect(paths).toHaveLength(8);
    for (const path of paths) expect(document.paths[path]?.get?.parameters).toEqual([inPath]);
  });

  it('for each method of @All()', () => {
    const { get, post, delete: remove } = document.paths['/api/one/{orgId}/all'] ?? {};
    for (const one of [get, post, remove]) expect(one?.parameters).toEqual([inPath]);
  });

  it('if the orgSource option sets it', async () => {
    @Controller()
    class PlainController {
      @Get('plain')
      @RequireOrgMember()
      plain() {}
    }
    const { paths } = await documentOf([PlainController], { orgSource: orgFromHeader('x-org-id') });
    expect(paths['/api/plain']?.get?.parameters).toEqual([inHeader]);
  });
});

describe('An organization source of the application', () => {
  it('documents the parameter that it declares', () => {
    expect(parametersOf('/undeclared/tenant')).toEqual([
      { ...inQuery, name: 'tenant', description: 'The name of a tenant.' },
    ]);
  });

  it('documents an optional parameter', () => {
    expect(parametersOf('/undeclared/tenant-or-token')).toEqual([
      {
        ...inHeader,
        name: 'x-tenant',
        required: false,
        description: 'Tells which organization the request is about.',
      },
    ]);
  });

  it('can be declared as a class', () => {
    expect(parametersOf('/undeclared/invoices/{id}')).toEqual([
      { ...inPath, name: 'id', description: 'Tells which organization the request is about.' },
    ]);
  });
});

describe('A parameter that the handler declares', () => {
  it('with @Param() keeps its position, and gets a description', () => {
    expect(parametersOf('/declared/param/{orgId}/{number}')).toEqual([
      { name: 'number', in: 'path', required: true, schema: { type: 'number' } },
      inPath,
    ]);
  });

  it('with @ApiParam() keeps its description and schema', () => {
    expect(parametersOf('/declared/api-param/{orgId}')).toEqual([
      {
        ...inPath,
        description: 'Ours.',
        schema: { type: 'string', example: 'acme', format: 'uuid' },
      },
    ]);
  });

  it('with @ApiQuery() is required, because the rule requires it', () => {
    expect(parametersOf('/declared/optional-query')).toEqual([
      { ...inQuery, description: 'Ours.' },
    ]);
  });

  it('with a class for the query is not repeated', () => {
    expect(parametersOf('/declared/dto')).toEqual([
      {
        ...inQuery,
        description: 'Whose reports.',
        schema: expect.objectContaining({ format: 'uuid' }),
      },
      expect.objectContaining({ name: 'page' }),
    ]);
  });

  it('with @ApiHeader() in another case is not repeated', () => {
    expect(parametersOf('/declared/other-case')).toEqual([{ ...inHeader, name: 'X-Org-Id' }]);
  });

  it('twice in different cases is listed once', () => {
    expect(parametersOf('/declared/twice')).toEqual([
      expect.objectContaining({ in: 'header', required: true, description: 'Ours.' }),
    ]);
  });

  it('with the same name in another place is a separate parameter', () => {
    expect(parametersOf('/declared/same-name-elsewhere/{orgId}')).toEqual([
      inPath,
      { name: 'orgId', in: 'query', required: true, schema: string },
    ]);
  });
});

describe('Several rules', () => {
  it('document the source of each level', () => {
    expect(parametersOf('/levels/{orgId}/own')).toEqual([inHeader, inPath]);
  });

  it('document the same source once', () => {
    expect(parametersOf('/levels/{orgId}/same')).toEqual([inPath]);
  });

  it('document nothing if @Public() lifts them', () => {
    expect(parametersOf('/levels/{orgId}/lifted')).toEqual([]);
  });
});

it('A path parameter that is missing from the path is not documented', async () => {
  @Controller(['with/:orgId', 'without'])
  class OddController {
    @Get()
    @RequireOrgMember()
    show() {}
  }
  const { paths } = await documentOf([OddController], { startupAudit: 'warn' });
  expect(paths['/api/with/{orgId}']?.get?.parameters).toEqual([inPath]);
  expect(paths['/api/without']?.get?.parameters).toEqual([]);
});
