import { Controller, Get, Post } from '@nestjs/common';
import { ApiHeader, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  DenyImpersonation,
  describeAccess,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgRole,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { startApplication } from '../support/application.js';

@Controller()
class DescribedController {
  @Get('any-key')
  @RequireApiKey()
  anyKey() {}

  @Get('orgs/:orgId/org-key')
  @RequireOrgRole('Admin')
  @RequireApiKey({ kind: 'org' })
  orgKey() {}

  @Get('both')
  @RequireUserOrApiKey({ kind: 'personal' })
  both() {}

  @Post('pay')
  @RequireStepUpMfa('PAY')
  @DenyImpersonation()
  pay() {}

  @Post('own-header')
  @RequireStepUpMfa('PAY')
  @ApiHeader({ name: 'X-Step-Up-Grant', description: 'Ours', required: true })
  ownHeader() {}

  @Get('user')
  @RequireUser()
  user() {}
}

const application = await startApplication({
  imports: [PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions)],
  controllers: [DescribedController],
});
const config = new DocumentBuilder().build();
const document = PropelAuthSwagger.createDocument(application.app, config);
const plainDocument = SwaggerModule.createDocument(application.app, config);

const operation = (path: string, of = document) => of.paths[path]?.get ?? of.paths[path]?.post;

describe('Routes with API keys and step-up MFA', () => {
  const security: [string, object[] | undefined][] = [
    ['/any-key', [{ apiKey: [] }]],
    ['/orgs/{orgId}/org-key', [{ apiKey: [] }]],
    ['/both', [{ bearer: [] }, { apiKey: [] }]],
    ['/pay', [{ bearer: [] }]],
    ['/user', [{ bearer: [] }]],
  ];

  it.each(security)('have the security of %s in OpenAPI', (path, expected) => {
    expect(operation(path)?.security).toEqual(expected);
  });

  it.each(security)('have the same security of %s with plain SwaggerModule', (path, expected) => {
    expect(operation(path, plainDocument)?.security).toEqual(expected);
  });

  it('add the scheme apiKey', () => {
    expect(document.components?.securitySchemes?.['apiKey']).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
    });
  });

  it.each([
    ['/any-key', ['401', '429', '503']],
    ['/orgs/{orgId}/org-key', ['401', '403', '429', '503']],
    ['/both', ['401', '429', '503']],
    ['/pay', ['401', '403', '503']],
    ['/user', ['401']],
  ])('list the error responses of %s: %j', (path, rejections) => {
    const statuses = Object.keys(operation(path)?.responses ?? {});
    expect(statuses.filter((status) => status >= '400')).toEqual(rejections);
  });

  it('have the header of the grant as a parameter, once', () => {
    expect(operation('/pay')?.parameters).toMatchObject([
      { name: 'x-step-up-grant', in: 'header', required: true },
    ]);
    expect(operation('/own-header')?.parameters).toMatchObject([{ description: 'Ours' }]);
  });

  it.each([
    ['/any-key', 'Access: API key.', { apiKey: 'any' }],
    [
      '/orgs/{orgId}/org-key',
      'Access: organization API key: Admin and above of the org in path orgId.',
      {
        apiKey: 'org',
        org: {
          in: [{ from: 'path', name: 'orgId' }],
          requires: [{ kind: 'role', role: 'Admin', exact: false }],
        },
      },
    ],
    ['/both', 'Access: user or personal API key.', { user: 'required', apiKey: 'personal' }],
    [
      '/pay',
      'Access: user, not impersonated, with step-up for PAY.',
      {
        user: 'required',
        deniesImpersonation: true,
        stepUp: [{ actionType: 'PAY', grantHeader: 'x-step-up-grant' }],
      },
    ],
  ])('describe the rule of %s in words and in x-propelauth', (path, sentence, extension) => {
    expect(operation(path)).toMatchObject({ description: sentence });
    expect((operation(path) as unknown as Record<string, unknown>)['x-propelauth']).toEqual(
      extension,
    );
  });

  it('appear in describeAccess()', () => {
    const described = describeAccess(application.app).map(
      ({ path, access, apiKeyKind, deniesImpersonation, stepUpActions }) => [
        path,
        access,
        apiKeyKind,
        deniesImpersonation,
        stepUpActions,
      ],
    );
    expect(described).toEqual([
      ['/any-key', 'api-key', undefined, false, []],
      ['/both', 'user-or-api-key', 'personal', false, []],
      ['/orgs/:orgId/org-key', 'api-key', 'org', false, []],
      ['/user', 'user', undefined, false, []],
      ['/own-header', 'user', undefined, false, ['PAY']],
      ['/pay', 'user', undefined, true, ['PAY']],
    ]);
  });
});
