import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, DocumentBuilder } from '@nestjs/swagger';
import {
  CurrentUser,
  OptionalUser,
  PropelAuthModule,
  Public,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { Validator } from '@seriousme/openapi-schema-validator';
import openapiTS, { astToString } from 'openapi-typescript';
import { startApplication } from '../support/application.js';
import { compile } from '../support/code-blocks.js';

class WhoAmI {
  @ApiProperty()
  userId!: string;
}

@Controller()
class ConsumedController {
  @Get('whoami')
  @RequireUser()
  @ApiOkResponse({ type: WhoAmI })
  whoAmI(@CurrentUser('userId') userId: string): WhoAmI {
    return { userId };
  }

  @Get('optional')
  @OptionalUser()
  optional(@Query('q') _query: string) {}

  @Get('public')
  @Public()
  public() {}

  @Get('orgs/:orgId/admin')
  @RequireOrgRole('Admin')
  admin() {}
}

/** A client of the generated types: the success and the rejection of a call, and a status that cannot come. */
const CLIENT = `
import createClient from 'openapi-fetch';
import type { paths } from './schema.js';

const client = createClient<paths>({ baseUrl: 'http://localhost:3000' });
const { data, error } = await client.GET('/whoami');
export const userId: string | undefined = data?.userId;
export const reason: string | undefined = error?.reason;
type Statuses<Path extends keyof paths> = keyof NonNullable<paths[Path]['get']>['responses'];
export const rejected: Statuses<'/orgs/{orgId}/admin'> = 403;
// @ts-expect-error -- an optional user is never rejected
export const neverRefused: Statuses<'/optional'> = 401;
`;

const application = await startApplication({
  imports: [PropelAuthModule.forRoot((await TestIssuer.create()).moduleOptions)],
  controllers: [ConsumedController],
});
const document = PropelAuthSwagger.createDocument(
  application.app,
  new DocumentBuilder().setTitle('Test').setVersion('1').build(),
  { oauth2: { clientId: 'the-client' } },
);

describe('The document, for its consumers', () => {
  it.each(['3.0.0', '3.1.0'])('is valid OpenAPI %s', async (openapi) => {
    const result = await new Validator().validate(structuredClone({ ...document, openapi }));
    expect(result).toEqual({ valid: true });
  });

  it('generates a client that type-checks, with its error responses', async () => {
    const schema = astToString(await openapiTS(structuredClone(document) as never));
    const blocks = [
      { name: 'consumer:schema', language: 'ts', code: `// schema.ts\n${schema}` },
      { name: 'consumer:client', language: 'ts', code: `// client.ts\n${CLIENT}` },
    ];
    expect(compile(blocks)).toEqual({});
  });
});
