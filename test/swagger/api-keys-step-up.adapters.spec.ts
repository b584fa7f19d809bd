import { Controller, Get, Post } from '@nestjs/common';
import { ApiHeader, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  DenyImpersonation,
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
    ['/any-key', [{ 'api-key': [] }]],
    ['/orgs/{orgId}/org-key', [{ 'api-key': [] }]],
    ['/both', [{ bearer: [] }, { 'api-key': [] }]],
    ['/pay', [{ bearer: [] }]],
    ['/user', [{ bearer: [] }]],
  ];

  it.each(security)('have the security of %s in OpenAPI', (path, expected) => {
    expect(operation(path)?.security).toEqual(expected);
  });

  it.each(security)('have the same security of %s with plain SwaggerModule', (path, expected) => {
    expect(operation(path, plainDocument)?.security).toEqual(expected);
  });

  it('add the scheme api-key', () => {
    expect(document.components?.securitySchemes?.['api-key']).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'x-api-key',
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
});
