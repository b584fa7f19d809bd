import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import {
  ApiOperation,
  ApiProperty,
  ApiUnauthorizedResponse,
  DocumentBuilder,
  type OpenAPIObject,
} from '@nestjs/swagger';
import {
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  orgFromHeader,
  OrgMemberInfo,
  PropelAuthConfigurationError,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  User,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../support/application.js';
import { AUTH_URL } from '../support/project.js';

@Controller()
class DocumentedController {
  @Get('open')
  open() {}

  @Get('public')
  @Public()
  public() {}

  @Get('optional')
  @OptionalUser()
  optional() {}

  @Get('user')
  @RequireUser()
  user() {}

  @Get('own-words')
  @RequireUser()
  @ApiOperation({ description: 'Says hello.' })
  @ApiUnauthorizedResponse({ description: 'Who are you?' })
  ownWords() {}

  @Get('orgs/:orgId')
  @RequireOrgMember()
  member() {}

  @Get('orgs/:orgId/role')
  @RequireOrgMember()
  @RequireOrgRole('Admin')
  role() {}

  @Get('everything')
  @RequireOrgRole('Owner', { exact: true, org: orgFromHeader('x-org-id') })
  @RequirePermission(['can_view', 'can_edit'])
  everything() {}
}

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
}

describe('The document', () => {
  let application: RunningApplication;
  let document: OpenAPIObject;

  beforeAll(async () => {
    application = await startApplication({
      imports: [PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions)],
      controllers: [DocumentedController, NotesController],
    });
    document = PropelAuthSwagger.createDocument(application.app, new DocumentBuilder().build());
  });

  const get = (path: string) => document.paths[path]?.get;

  it('defines the scheme bearer and says where to get a token', () => {
    expect(document.components?.securitySchemes).toEqual({
      bearer: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: expect.stringContaining(`](${AUTH_URL}/api/v1/refresh_token)`),
      },
    });
  });

  it('keeps the application’s own scheme bearer', () => {
    const config = new DocumentBuilder()
      .addBearerAuth({ type: 'http', description: 'Ours' })
      .build();
    const { components } = PropelAuthSwagger.createDocument(application.app, config);
    expect(components?.securitySchemes?.['bearer']).toMatchObject({ description: 'Ours' });
  });

  it.each([
    ['/open', []],
    ['/public', []],
    ['/optional', []],
    ['/user', ['401']],
    ['/orgs/{orgId}', ['401', '403']],
    ['/everything', ['401', '403']],
  ])('lists only the possible error responses for %s: %j', (path, rejections) => {
    const statuses = Object.keys(get(path)?.responses ?? {});
    expect(statuses.filter((status) => status.startsWith('4'))).toEqual(rejections);
  });

  it('describes the body and the challenge of an error response', () => {
    expect(get('/user')?.responses['401']).toMatchObject({
      headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
      content: {
        'application/json': { schema: { $ref: '#/components/schemas/PropelAuthError' } },
      },
    });
    expect(document.components?.schemas).toHaveProperty('PropelAuthError');
  });

  it('keeps a response that a route describes itself', () => {
    expect(get('/own-words')?.responses['401']).toMatchObject({ description: 'Who are you?' });
  });

  it.each([
    ['/open', undefined],
    ['/public', 'Access: public.'],
    ['/optional', 'Access: optional user.'],
    ['/user', 'Access: user.'],
    ['/own-words', 'Says hello.\n\nAccess: user.'],
    ['/orgs/{orgId}', 'Access: members of the org in path orgId.'],
    ['/orgs/{orgId}/role', 'Access: Admin and above of the org in path orgId.'],
    [
      '/everything',
      'Access: exactly Owner with can_view and can_edit of the org in header x-org-id.',
    ],
  ])('describes what %s requires', (path, description) => {
    expect(get(path)?.description).toBe(description);
  });

  it('has no rule in x-propelauth for a route that the guard does not decide about', () => {
    expect(get('/open')).not.toHaveProperty('x-propelauth');
    expect(get('/public')).toHaveProperty('x-propelauth.access', 'public');
  });

  it('offers OAuth2 with PKCE, before the token', () => {
    const withOAuth2 = PropelAuthSwagger.createDocument(
      application.app,
      new DocumentBuilder().build(),
      { oauth2: { clientId: 'the-client' } },
    );
    expect(withOAuth2.components?.securitySchemes?.['oauth2']).toMatchObject({
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: `${AUTH_URL}/propelauth/oauth/authorize`,
          tokenUrl: `${AUTH_URL}/propelauth/oauth/token`,
          scopes: {},
        },
      },
    });
    expect(Object.keys(withOAuth2.components?.securitySchemes ?? {})).toEqual(['oauth2', 'bearer']);
    expect(withOAuth2.paths['/user']?.get?.security).toEqual([{ bearer: [] }, { oauth2: [] }]);
    expect(withOAuth2.paths['/optional']?.get?.security).toEqual([
      {},
      { bearer: [] },
      { oauth2: [] },
    ]);
    expect(withOAuth2.paths['/public']?.get?.security).toEqual([]);
  });

  it('has the types of parameters next to @CurrentUser() and @CurrentOrg(), but not those two', () => {
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

  it.each([[{ clientId: '' }], [{}]])('rejects oauth2 without a client id: %j', (oauth2) => {
    expect(() =>
      PropelAuthSwagger.createDocument(application.app, new DocumentBuilder().build(), {
        oauth2: oauth2 as { clientId: string },
      }),
    ).toThrow(/oauth2\.clientId/);
  });
});

describe('An application without PropelAuthModule', () => {
  it('throws an error that says to import it', async () => {
    const application = await startApplication({});
    expect(() =>
      PropelAuthSwagger.createDocument(application.app, new DocumentBuilder().build()),
    ).toThrow(PropelAuthConfigurationError);
  });
});
