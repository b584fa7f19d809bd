import {
  Controller,
  Get,
  Injectable,
  Scope,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import {
  describeAccess,
  PropelAuthConfigurationError,
  PropelAuthModule,
  Public,
  RequireUser,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { accessTable } from 'nestjs-propelauth/testing';
import { auditedApplication } from '../../lib/startup/application/audited-application.js';
import { describedHandlers } from '../../lib/startup/access-descriptions.js';
import request from 'supertest';
import { failureOf, startApplication } from '../support/application.js';
import {
  issuer,
  request as requestAs,
  startGuarded,
  type PropelAuthOptions,
} from '../support/guarded-application.js';
import { alice } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { decorateHandler } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';

/** Lets those in who have the link. */
@Injectable()
class ShareLinkGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    return headers['x-link'] === 'secret';
  }
}
class StricterGuard extends ShareLinkGuard {}
class OtherGuard implements CanActivate {
  canActivate() {
    return true;
  }
}

const guarded = Public({ guardedBy: ShareLinkGuard });

/** A controller whose handler has decorators of its own, as its class has. */
function sharedController(of: { method?: MethodDecorator[]; class?: ClassDecorator[] }): Type {
  class SharedController {
    @Get('shared/:id')
    show() {
      return 'a report';
    }
  }
  decorateHandler(SharedController, 'show', ...(of.method ?? []));
  for (const decorate of of.class ?? []) decorate(SharedController);
  Controller()(SharedController);
  return SharedController;
}

@Controller()
class HealthController {
  @Get('health')
  @Public()
  show() {}
}

const withoutGuard = () => sharedController({ method: [guarded] });

const FINDING =
  'SharedController.show (GET /shared/:id): @Public({ guardedBy: ShareLinkGuard }) names a guard that does not run for it. ' +
  'Add @UseGuards(ShareLinkGuard), or remove guardedBy.';

/** The statuses of a request without the link, and of one with it. */
async function statuses(url: string): Promise<number[]> {
  const without = await request(url).get('/shared/1');
  const withLink = await request(url).get('/shared/1').set('X-Link', 'secret');
  return [without.status, withLink.status];
}

type Prepare = (app: INestApplication) => void;

const asItIs: Prepare = () => {};

describe('A guard that @Public({ guardedBy }) names', () => {
  it.each<[string, Type]>([
    [
      'on the method',
      sharedController({ method: [guarded, UseGuards(OtherGuard, ShareLinkGuard)] }),
    ],
    ['on the class', sharedController({ method: [guarded], class: [UseGuards(ShareLinkGuard)] })],
    [
      'on the class, with the decorator',
      sharedController({ class: [guarded, UseGuards(ShareLinkGuard)] }),
    ],
    [
      'on the method as a subclass',
      sharedController({ method: [guarded, UseGuards(StricterGuard)] }),
    ],
    [
      'on the method as an instance',
      sharedController({ method: [guarded, UseGuards(new ShareLinkGuard())] }),
    ],
    [
      'on the class as an instance of a subclass',
      sharedController({ method: [guarded], class: [UseGuards(new StricterGuard())] }),
    ],
  ])('starts where it is %s, and decides alone', async (_where, controller) => {
    const { url } = await startGuarded(
      { controllers: [controller] },
      { requireUserByDefault: true },
    );
    expect(await statuses(url)).toEqual([403, 200]);
  });

  it.each<[string, Provider[], Prepare]>([
    ['APP_GUARD with useClass', [{ provide: APP_GUARD, useClass: ShareLinkGuard }], asItIs],
    ['APP_GUARD with a subclass', [{ provide: APP_GUARD, useClass: StricterGuard }], asItIs],
    [
      'APP_GUARD with useExisting',
      [ShareLinkGuard, { provide: APP_GUARD, useExisting: ShareLinkGuard }],
      asItIs,
    ],
    ['APP_GUARD with useValue', [{ provide: APP_GUARD, useValue: new ShareLinkGuard() }], asItIs],
    [
      'APP_GUARD with useFactory',
      [{ provide: APP_GUARD, useFactory: () => new ShareLinkGuard() }],
      asItIs,
    ],
    [
      'a request-scoped APP_GUARD',
      [{ provide: APP_GUARD, useClass: ShareLinkGuard, scope: Scope.REQUEST }],
      asItIs,
    ],
    [
      'a transient APP_GUARD',
      [{ provide: APP_GUARD, useClass: ShareLinkGuard, scope: Scope.TRANSIENT }],
      asItIs,
    ],
    ['useGlobalGuards()', [], (app) => app.useGlobalGuards(new ShareLinkGuard())],
  ])('starts where it is global: %s', async (_how, providers, prepare) => {
    const { url } = await startGuarded({ controllers: [withoutGuard()], providers }, {}, prepare);
    expect(await statuses(url)).toEqual([403, 200]);
  });

  it('starts where a request-scoped class is global with useExisting', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class RequestGuard extends ShareLinkGuard {}
    const { url } = await startGuarded({
      controllers: [sharedController({ method: [Public({ guardedBy: RequestGuard })] })],
      providers: [RequestGuard, { provide: APP_GUARD, useExisting: RequestGuard }],
    });
    expect(await statuses(url)).toEqual([403, 200]);
  });

  it('starts where a test has replaced it, on a handler or as the global guard', async () => {
    const everyone = { canActivate: () => true };
    const onMethod = await startApplication(
      {
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        controllers: [sharedController({ method: [guarded, UseGuards(ShareLinkGuard)] })],
      },
      undefined,
      (builder) => builder.overrideGuard(ShareLinkGuard).useValue(everyone),
    );
    expect(await statuses(onMethod.url)).toEqual([200, 200]);
    const global = await startApplication(
      {
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        controllers: [withoutGuard()],
        providers: [ShareLinkGuard, { provide: APP_GUARD, useExisting: ShareLinkGuard }],
      },
      undefined,
      (builder) => builder.overrideProvider(ShareLinkGuard).useValue(everyone),
    );
    expect(await statuses(global.url)).toEqual([200, 200]);
  });

  it.each<[string, Type, Provider[]]>([
    ['no guard', withoutGuard(), []],
    ['another guard', sharedController({ method: [guarded, UseGuards(OtherGuard)] }), []],
    ['another global guard', withoutGuard(), [{ provide: APP_GUARD, useClass: OtherGuard }]],
    ['a guard that is only provided', withoutGuard(), [ShareLinkGuard]],
    ...[undefined, null].map((nothing): [string, Type, Provider[]] => [
      `a global guard whose factory returns ${nothing}`,
      withoutGuard(),
      [
        { provide: ShareLinkGuard, useFactory: () => nothing },
        { provide: APP_GUARD, useExisting: ShareLinkGuard },
      ],
    ]),
    ['no guard on the class', sharedController({ class: [guarded] }), []],
  ])(
    'fails startup with %s, and names the route and the fix',
    async (_what, controller, providers) => {
      const starting = startGuarded({ controllers: [controller], providers });
      const failure = (await failureOf(starting)) as PropelAuthConfigurationError;
      expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
      expect(failure.message.split('\n- ')).toEqual([
        'These handlers are open, or their access rules are lost:',
        FINDING,
      ]);
    },
  );

  it('fails startup if only the class above it is in front of the handler', async () => {
    const stricter = Public({ guardedBy: StricterGuard });
    const controller = sharedController({ method: [stricter, UseGuards(ShareLinkGuard)] });
    expect(await messageOf(startGuarded({ controllers: [controller] }))).toContain(
      '@Public({ guardedBy: StricterGuard }) names a guard that does not run for it. Add @UseGuards(StricterGuard)',
    );
  });

  it.each<[string, Partial<PropelAuthOptions>]>([
    ["startupAudit: 'warn'", { startupAudit: 'warn' }],
    ['requireUserByDefault', { requireUserByDefault: true }],
  ])('fails startup without it, also under %s', async (_option, options) => {
    const message = await messageOf(startGuarded({ controllers: [withoutGuard()] }, options));
    expect(message).toContain(FINDING);
  });

  it('fails startup for each handler that has only the decorator of the class', async () => {
    @Controller()
    @guarded
    class SharedController {
      @Get('shared/:id')
      show() {}

      @Get('guarded')
      @UseGuards(ShareLinkGuard)
      guarded() {}

      @Get('own')
      @RequireUser()
      own() {}

      @Get('health')
      @Public()
      health() {}
    }
    const message = await messageOf(startGuarded({ controllers: [SharedController] }));
    expect(message.split('\n- ').slice(1)).toEqual([FINDING]);
  });

  it('has to be in front of inherited handlers, whose class may have it for them', async () => {
    @guarded
    abstract class Base {
      @Get('shared/:id')
      show() {
        return 'a report';
      }
    }
    @Controller()
    class SharedController extends Base {}
    expect(await messageOf(startGuarded({ controllers: [SharedController] }))).toContain(FINDING);
    @Controller()
    @UseGuards(ShareLinkGuard)
    class GuardedController extends Base {}
    const { url } = await startGuarded({ controllers: [GuardedController] });
    expect(await statuses(url)).toEqual([403, 200]);
  });

  it('is not asked for where another rule of the handler requires a user', async () => {
    const logger = new RecordingLogger();
    const controller = sharedController({ method: [guarded, RequireUser()] });
    const { url, app } = await startGuarded(
      { controllers: [controller] },
      { startupAudit: 'warn' },
      (one) => one.useLogger(logger),
    );
    expect(logger.of('warn')).toEqual([
      expect.stringContaining('@Public({ guardedBy: ShareLinkGuard }) and @RequireUser()'),
    ]);
    expect(await statuses(url)).toEqual([401, 401]);
    await requestAs(url, alice).get('/shared/1').expect(200);
    expect(accessTable(app)).toEqual({ 'GET /shared/:id': 'user' });
  });

  it('has to be the only one that a handler names', async () => {
    const other = Public({ guardedBy: OtherGuard });
    const both = [guarded, other, UseGuards(ShareLinkGuard)];
    const starting = (...more: MethodDecorator[]) =>
      messageOf(startGuarded({ controllers: [sharedController({ method: [...both, ...more] })] }));
    expect(await starting()).toContain('@Public({ guardedBy: OtherGuard }) names a guard');
    expect(await starting(UseGuards(OtherGuard))).toContain(
      '@Public({ guardedBy: ShareLinkGuard }) and @Public({ guardedBy: OtherGuard }) are on the same method or class',
    );
  });

  it('is not asked for in a script, which serves nothing and has no global guards', async () => {
    class ScriptModule {}
    const app = await NestFactory.createApplicationContext(
      {
        module: ScriptModule,
        imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
        controllers: [withoutGuard()],
      },
      { logger: false, abortOnError: false },
    );
    expect(accessTable(app)).toEqual({ 'GET /shared/:id': 'public, guarded by ShareLinkGuard' });
    await app.close();
  });
});

describe('The list of rules', () => {
  it('names the guard of a handler for everyone', async () => {
    const { app } = await startGuarded({
      controllers: [
        sharedController({ class: [guarded], method: [UseGuards(ShareLinkGuard)] }),
        HealthController,
      ],
    });
    expect(accessTable(app)).toEqual({
      'GET /health': 'public',
      'GET /shared/:id': 'public, guarded by ShareLinkGuard',
    });
    const [health, shared] = describeAccess(app);
    expect(health).not.toHaveProperty('guardedBy');
    expect(shared).toMatchObject({ access: 'public', guardedBy: 'ShareLinkGuard' });
    expect(
      describedHandlers(auditedApplication(app)).handlers.map(({ access }) => access.guardedBy),
    ).toEqual([undefined, ShareLinkGuard]);
  });
});

describe('An OpenAPI document', () => {
  it('shows a handler with a guard of its own as it shows any handler for everyone', async () => {
    const { app } = await startGuarded({
      controllers: [
        sharedController({ method: [guarded, UseGuards(ShareLinkGuard)] }),
        HealthController,
      ],
    });
    const { paths } = PropelAuthSwagger.createDocument(app, new DocumentBuilder().build());
    const [shared, health] = ['/shared/{id}', '/health'].map((path) => paths[path]?.get);
    expect(shared).toMatchObject({
      description: 'Access: public.',
      security: [],
      'x-propelauth': { access: 'public', callers: {}, rules: {} },
    });
    expect(health).toMatchObject({ description: 'Access: public.', security: [] });
  });
});
