/** The port of the Nest CLI's main.ts. */
export const DEFAULT_PORT = 'process.env.PORT ?? 3000';
export const WEBHOOK_PATH = '/webhooks/propelauth';

/** The call that sets up a PropelAuth project. */
export function propelAuthModule(hasConfigModule: boolean): string {
  if (!hasConfigModule) {
    return `PropelAuthModule.forRoot({
  authUrl: process.env.PROPELAUTH_AUTH_URL!,
  apiKey: process.env.PROPELAUTH_API_KEY!,
})`;
  }
  return `PropelAuthModule.forRootAsync({
  imports: [ConfigModule],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    authUrl: config.get('PROPELAUTH_AUTH_URL', ''),
    apiKey: config.get('PROPELAUTH_API_KEY', ''),
  }),
})`;
}

/** The names that `propelAuthModule()` uses, with the packages that they come from. */
export function propelAuthImports(hasConfigModule: boolean): [name: string, module: string][] {
  return [
    ...(hasConfigModule
      ? ([
          ['ConfigModule', '@nestjs/config'],
          ['ConfigService', '@nestjs/config'],
        ] as [string, string][])
      : []),
    ['PropelAuthModule', 'nestjs-propelauth'],
  ];
}

export function rootModule(app: { name: string; from: string }, hasConfigModule: boolean): string {
  const config = hasConfigModule
    ? "import { ConfigModule, ConfigService } from '@nestjs/config';\n"
    : '';
  return `import { Module } from '@nestjs/common';
${config}import { PropelAuthModule } from 'nestjs-propelauth';
import { ${app.name} } from '${app.from}';

/** The application with your PropelAuth project. In main.local.ts, local users replace it. */
@Module({
  imports: [
    ${indent(propelAuthModule(hasConfigModule), 4)},
    ${app.name},
  ],
})
export class RootModule {}
`;
}

/** The root of the development entry. */
export function localAppModule(appModule: string, port: string): string {
  const origin = /^\d+$/.test(port)
    ? `'http://localhost:${port}'`
    : `\`http://localhost:\${${port}}\``;
  return `/** The application with local users instead of PropelAuth. Production never imports this file. */
@Module({
  imports: [
    LocalPropelAuthModule.forRoot({
      enabled: true,
      origin: ${origin},
    }),
    ${appModule},
  ],
})
class LocalAppModule {}`;
}

export const ME_CONTROLLER = `import { Controller, Get } from '@nestjs/common';
import { CurrentUser, RequireUser, User } from 'nestjs-propelauth';

@Controller('me')
export class MeController {
  @Get()
  @RequireUser()
  getMe(@CurrentUser() user: User) {
    return { userId: user.userId, email: user.email };
  }
}
`;

export const PROPELAUTH_EVENTS = `import { Injectable, Logger } from '@nestjs/common';
import { OnPropelAuthEvent, type PropelAuthEvent } from 'nestjs-propelauth';

/** Handles events from PropelAuth. An event can arrive more than once. */
@Injectable()
export class PropelAuthEvents {
  private readonly logger = new Logger(PropelAuthEvents.name);

  @OnPropelAuthEvent('user.created')
  userCreated(event: PropelAuthEvent<'user.created'>) {
    this.logger.log(\`User \${event.user_id} signed up.\`);
  }

  @OnPropelAuthEvent('user.deleted')
  userDeleted(event: PropelAuthEvent<'user.deleted'>) {
    this.logger.log(\`User \${event.user_id} was deleted.\`);
  }
}
`;

export function swagger(title: string): string {
  return `import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';

/** Serves Swagger UI at /docs. The guard does not protect it. */
export function setUpSwagger(app: INestApplication) {
  const config = new DocumentBuilder().setTitle('${title}').build();
  const document = PropelAuthSwagger.createDocument(app, config);
  PropelAuthSwagger.setup('docs', app, document);
}
`;
}

/** What the test files have in common. */
export interface TestSettings {
  readonly root: { readonly name: string; readonly from: string };
  readonly testRunner: 'jest' | 'vitest';
  readonly hasFastify: boolean;
  /** How the project imports supertest. */
  readonly request: string;
  readonly extension: string;
}

export function meTest(settings: TestSettings): string {
  return `${testHead(settings)}
describe('GET /me', () => {
${indent(testApplication(settings), 2)}

  it('returns 401 without a token', async () => {
    await request(app.getHttpServer()).get('/me').expect(401);
  });

  it('returns the user of the token', async () => {
    const alice = { email: 'alice@example.com' };
    await request(app.getHttpServer())
      .get('/me')
      .auth(await issuer.accessToken(alice), { type: 'bearer' })
      .expect(200, { userId: issuer.userId(alice), email: alice.email });
  });
});
`;
}

export function propelAuthEventsTest(settings: TestSettings): string {
  return `${testHead(settings)}
describe('POST ${WEBHOOK_PATH}', () => {
${indent(testApplication(settings), 2)}

  it('accepts an event that PropelAuth has signed', async () => {
    const { headers, body } = await issuer.webhook({
      event_type: 'user.created',
      user_id: 'alice',
    });
    await request(app.getHttpServer())
      .post('${WEBHOOK_PATH}')
      .set(headers)
      .send(body)
      .expect(204);
  });

  it('rejects an event without a signature', async () => {
    await request(app.getHttpServer())
      .post('${WEBHOOK_PATH}')
      .send({ event_type: 'user.created', user_id: 'alice' })
      .expect(400);
  });
});
`;
}

function testHead({ root, testRunner, hasFastify, request, extension }: TestSettings): string {
  return [
    ...(hasFastify ? [] : ["import type { INestApplication } from '@nestjs/common';"]),
    ...(hasFastify
      ? ["import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';"]
      : []),
    "import { Test } from '@nestjs/testing';",
    "import { overridePropelAuth, TestIssuer } from 'nestjs-propelauth/testing';",
    `import ${request} from 'supertest';`,
    ...(hasFastify
      ? []
      : [`import type { App } from 'supertest/types${extension === '' ? '' : '.js'}';`]),
    ...(testRunner === 'vitest'
      ? ["import { afterAll, beforeAll, describe, it } from 'vitest';"]
      : []),
    `import { ${root.name} } from '${root.from}';`,
    '',
  ].join('\n');
}

function testApplication({ root, hasFastify }: TestSettings): string {
  const start = hasFastify
    ? `app = moduleRef.createNestApplication(new FastifyAdapter());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();`
    : `app = moduleRef.createNestApplication();
  await app.init();`;
  return `let issuer: TestIssuer;
let app: ${hasFastify ? 'NestFastifyApplication' : 'INestApplication<App>'};

beforeAll(async () => {
  issuer = await TestIssuer.create();
  const builder = Test.createTestingModule({ imports: [${root.name}] });
  const moduleRef = await overridePropelAuth(builder, { issuer }).compile();
  ${start}
});

afterAll(() => app.close());`;
}

/** The variables of the environment, each with what is said about it. */
export const VARIABLES = {
  PROPELAUTH_AUTH_URL: `# The Auth URL, from the page "Backend Integration" of your project at https://app.propelauth.com
PROPELAUTH_AUTH_URL=https://auth.example.com`,
  PROPELAUTH_API_KEY: `# An API key of PropelAuth, from the same page
PROPELAUTH_API_KEY=`,
  PROPELAUTH_WEBHOOK_SECRET: `# The signing secret of your webhook endpoint (whsec_…), from the page "Webhooks"
PROPELAUTH_WEBHOOK_SECRET=`,
} as const;

function indent(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`).replaceAll(/^ +$/gm, '');
}
