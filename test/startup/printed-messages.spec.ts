import { Controller, Get, Injectable, Module, Post, type ModuleMetadata } from '@nestjs/common';
import {
  CurrentOrg,
  CurrentUser,
  OnPropelAuthEvent,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type User,
} from 'nestjs-propelauth';
import { readFileSync } from 'node:fs';
import supertest from 'supertest';
import { startApplication } from '../support/application.js';
import { closedPort } from '../support/closed-port.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { classOf } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';

const PAGE = readFileSync('docs/troubleshooting-setup.md', 'utf8');
const CHECKS_PAGE = readFileSync('docs/startup-checks.md', 'utf8');

const VARIABLES = ['PROPELAUTH_AUTH_URL', 'PROPELAUTH_API_KEY'] as const;

function unsetVariables(): void {
  for (const name of VARIABLES) delete process.env[name];
}

/** As the quick start writes it. */
const forRoot = () =>
  PropelAuthModule.forRoot({
    authUrl: process.env['PROPELAUTH_AUTH_URL']!,
    apiKey: process.env['PROPELAUTH_API_KEY']!,
  });

const startError = (metadata: ModuleMetadata) => messageOf(startApplication(metadata));

const auditError = async (metadata: ModuleMetadata) => messageOf(startGuarded(metadata));

const projectsController = classOf('ProjectsController', [Controller('orgs/:orgId/projects')], {
  list: [Get(), RequireOrgRole('admin')],
});

/** What a new user does wrong, and the message: how it begins, and how it comes about. */
const MISTAKES: [mistake: string, begins: string, message: () => Promise<string>][] = [
  [
    'starts without settings',
    'Options of PropelAuthModule are missing.',
    () => {
      unsetVariables();
      return startError({ imports: [forRoot()] });
    },
  ],
  [
    'loads .env too late',
    'Options of PropelAuthModule are missing.',
    () => {
      unsetVariables();
      const imports = [forRoot()];
      for (const name of VARIABLES) process.env[name] = 'read from .env';
      return startError({ imports });
    },
  ],
  [
    'copies the address of the dashboard',
    'authUrl is an address of',
    () => {
      const authUrl = 'https://app.propelauth.com/proj/1/backend_integration';
      return startError({
        imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, authUrl })],
      });
    },
  ],
  [
    'forgets to import the module',
    'ProjectsController has decorators of nestjs-propelauth, but PropelAuthModule is not imported.',
    () => startError({ controllers: [projectsController] }),
  ],
  [
    'sets the module up in a second module',
    'PropelAuthModule is set up more than once, in ',
    () => {
      @Module({ imports: [PropelAuthModule.forRoot(issuer.moduleOptions)] })
      class ProjectsModule {}
      @Module({ imports: [PropelAuthModule.forRoot(issuer.moduleOptions), ProjectsModule] })
      class AppModule {}
      return startError({ imports: [AppModule] });
    },
  ],
  [
    'names the path parameter differently',
    'These access rules cannot work as they are written:',
    () => {
      const ofClass = [Controller('orgs/:organizationId/invoices')];
      const methods = { list: [Get(), RequireOrgMember()] };
      const controllers = [classOf('InvoicesController', ofClass, methods)];
      return auditError({ controllers });
    },
  ],
  [
    'protects a service',
    'These access rules cannot work as they are written:',
    () => {
      const methods = { findAll: [RequireUser()] };
      const providers = [classOf('ProjectsService', [Injectable()], methods)];
      return auditError({ providers });
    },
  ],
  [
    'takes the caller without a rule',
    'These access rules cannot work as they are written:',
    () => {
      @Controller()
      class AppController {
        @Get('me')
        getMe(@CurrentUser() _user: unknown) {}

        @Get('org')
        getOrg(@CurrentOrg() _org: unknown) {}
      }
      return auditError({ controllers: [AppController] });
    },
  ],
  [
    'spells a role unlike PropelAuth',
    'GET /orgs/:orgId/projects (ProjectsController.list) rejected: role_missing',
    async () => {
      const logger = new RecordingLogger();
      const { url } = await startGuarded({ controllers: [projectsController] }, {}, (app) =>
        app.useLogger(logger),
      );
      const orgs = [{ orgId: 'acme', role: 'Admin' }];
      const token = await issuer.accessToken({ email: 'alice@example.com', orgs });
      await supertest(url).get('/orgs/acme/projects').auth(token, { type: 'bearer' }).expect(403);
      return logger
        .of('debug')
        .join('\n')
        .replace(/ PropelAuth$/, '');
    },
  ],
  [
    'starts without the emulator',
    'http://127.0.0.1:',
    async () => {
      const logger = new RecordingLogger();
      const authUrl = `http://127.0.0.1:${await closedPort()}`;
      const imports = [PropelAuthModule.forRoot({ authUrl, apiKey: 'emulator_key' })];
      await startApplication({ imports }, (app) => app.useLogger(logger));
      return logger
        .of('warn')
        .join('\n')
        .replace(authUrl, 'http://127.0.0.1:4000')
        .replace(/ PropelAuth$/, '');
    },
  ],
  [
    'forgets await in a test',
    'accessToken() returns a promise.',
    async () => {
      try {
        const token: unknown = issuer.accessToken({ email: 'alice@example.com' });
        return String(token);
      } catch (error) {
        return (error as Error).message;
      }
    },
  ],
];

describe('A message that docs/troubleshooting-setup.md shows as it is printed helps who', () => {
  const environment = VARIABLES.map((name) => [name, process.env[name]] as const);

  afterEach(() => {
    unsetVariables();
    for (const [name, value] of environment) if (value !== undefined) process.env[name] = value;
  });

  it.each(MISTAKES)('%s', async (_mistake, begins, messageFor) => {
    const message = await messageFor();
    expect(message.slice(0, begins.length)).toBe(begins);
    expect(PAGE).toContain(`\n${message}\n`);
  });
});

@Controller('orgs/:id/reports')
class ReportsController {
  @Get()
  @RequireOrgMember()
  list() {}

  @Post()
  @Public()
  create(@CurrentUser() _user: User) {}
}

@Controller('hooks')
class HooksController {
  constructor() {
    this.receive = this.receive.bind(this);
  }

  @Post()
  @RequireUser()
  receive() {}
}

@Injectable()
class UserEvents {
  @OnPropelAuthEvent('user.created')
  onCreated() {}
}

describe('docs/startup-checks.md shows the error as it is printed for', () => {
  it.each<[string, ModuleMetadata]>([
    ['These access rules cannot work as they are written:', { controllers: [ReportsController] }],
    [
      'These handlers are open, or their access rules are lost:',
      { controllers: [HooksController] },
    ],
    ['Events from PropelAuth cannot be handled:', { providers: [UserEvents] }],
  ])('%s', async (heading, metadata) => {
    const message = await auditError(metadata);
    expect(message.split('\n')[0]).toBe(heading);
    expect(CHECKS_PAGE).toContain(`\n${message}\n`);
  });
});
