import {
  Catch,
  Controller,
  Get,
  HttpException,
  Injectable,
  Module,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import {
  CurrentUser,
  getCurrentApiKey,
  getCurrentOrg,
  getCurrentUser,
  OptionalUser,
  PropelAuthGuard,
  PropelAuthModule,
  PropelAuthService,
  Public,
  RequireUser,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { TokenVerifier } from '../../lib/callers/user/token-verifier.js';
import { startApplication } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { alice, headersOf, ROLES } from '../support/project.js';

/** What each place was told, in the order of the call. */
const told: Record<string, unknown> = {};

function ask(place: string, context: ExecutionContext): void {
  try {
    told[place] = getCurrentUser(context)?.userId ?? null;
  } catch (error) {
    told[place] = (error as Error).message;
  }
}

/** A guard that asks, as a class of its own for each place. */
function asking(place: string) {
  @Injectable()
  class AskingGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      ask(place, context);
      return true;
    }
  }
  return AskingGuard;
}

function askingInterceptor(place: string) {
  @Injectable()
  class AskingInterceptor implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler) {
      ask(place, context);
      return next.handle();
    }
  }
  return AskingInterceptor;
}

@Catch(HttpException)
class AskingFilter implements ExceptionFilter<HttpException> {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: HttpException, host: ArgumentsHost): void {
    ask('exception filter', host as ExecutionContext);
    const response = host.switchToHttp().getResponse<unknown>();
    this.adapterHost.httpAdapter.reply(response, {}, exception.getStatus());
  }
}

/** Pipes have no context; they see the parameter, which is made before them. */
class SeeingPipe implements PipeTransform {
  transform(value: unknown) {
    told['pipe'] = (value as { userId?: string } | null)?.userId ?? null;
    return value;
  }
}

@Controller()
@UseGuards(asking('class guard'))
@UseInterceptors(askingInterceptor('interceptor'))
@UseFilters(AskingFilter)
class Reports {
  @Get('user')
  @RequireUser()
  @UseGuards(asking('method guard'))
  @UsePipes(SeeingPipe)
  user(@CurrentUser(SeeingPipe) user: { userId: string }) {
    told['handler'] = user.userId;
    return {};
  }

  @Get('optional')
  @UseGuards(asking('method guard'))
  @OptionalUser()
  optional() {
    return {};
  }

  @Get('public')
  @UseGuards(asking('method guard'))
  @Public()
  public() {
    return {};
  }

  @Get('open')
  @UseGuards(asking('method guard'))
  open() {
    return {};
  }
}

@Module({
  providers: [{ provide: APP_GUARD, useClass: asking('global guard of an imported module') }],
})
class BeforeModule {}

async function start({
  requireUserByDefault = false,
  stub = false,
}: { requireUserByDefault?: boolean; stub?: boolean } = {}) {
  const forRoot = PropelAuthModule.forRoot({ ...issuer.moduleOptions, requireUserByDefault });
  return startApplication(
    {
      imports: [BeforeModule, forRoot],
      controllers: [Reports],
      providers: [
        { provide: APP_GUARD, useClass: asking('global guard of the root module') },
        { provide: APP_INTERCEPTOR, useClass: askingInterceptor('global interceptor') },
      ],
    },
    (app) => app.useGlobalInterceptors(new (askingInterceptor('interceptor of the application'))()),
    (builder) =>
      stub
        ? builder.overrideProvider(PropelAuthGuard).useValue({ canActivate: () => true })
        : builder,
  );
}

async function call(path: string, user: TestUser | null, options = {}) {
  for (const place of Object.keys(told)) delete told[place];
  const { url } = await start(options);
  await request(url, user).get(path);
  return { ...told };
}

const TOO_EARLY = expect.stringMatching(
  /getCurrentUser\(\) was called before.*Reports\.\w+.*identify/,
) as unknown;
const ALICE = alice.userId;

const AFTER = {
  'class guard': ALICE,
  'method guard': ALICE,
  'global interceptor': ALICE,
  'interceptor of the application': ALICE,
  interceptor: ALICE,
};

describe('getCurrentUser() returns', () => {
  it('the user after the decision, and throws a helpful error before it', async () => {
    expect(await call('/user', alice)).toEqual({
      'global guard of an imported module': TOO_EARLY,
      'global guard of the root module': TOO_EARLY,
      ...AFTER,
      pipe: ALICE,
      handler: ALICE,
    });
  });

  it('the user in global guards after ours, under requireUserByDefault', async () => {
    const options = { requireUserByDefault: true };
    expect(await call('/user', alice, options)).toMatchObject({
      'global guard of an imported module': TOO_EARLY,
      ...AFTER,
      handler: ALICE,
    });
  });

  it('null for an unauthenticated caller of an optional route, and throws before the decision', async () => {
    expect(await call('/optional', null)).toEqual({
      'global guard of an imported module': TOO_EARLY,
      'global guard of the root module': TOO_EARLY,
      'class guard': null,
      'method guard': null,
      'global interceptor': null,
      'interceptor of the application': null,
      interceptor: null,
    });
  });

  it.each(['/public', '/open'])('null on a route without a rule: %s', async (path) => {
    const answers = await call(path, alice);
    expect(Object.keys(answers)).toHaveLength(7);
    expect(new Set(Object.values(answers))).toEqual(new Set([null]));
  });

  it('null in exception filters after a rejection', async () => {
    expect(await call('/user', null)).toEqual({
      'global guard of an imported module': TOO_EARLY,
      'global guard of the root module': TOO_EARLY,
      'exception filter': null,
    });
  });

  it('null in tests that override the guard', async () => {
    const answers = await call('/optional', alice, { stub: true });
    expect(answers).toMatchObject({
      'class guard': null,
      'method guard': null,
      'global interceptor': null,
      interceptor: null,
    });
  });
});

describe('getCurrentOrg() and getCurrentApiKey()', () => {
  it('behave the same', async () => {
    const failures: string[] = [];
    @Injectable()
    class EarlyGuard implements CanActivate {
      canActivate(context: ExecutionContext) {
        for (const early of [getCurrentOrg, getCurrentApiKey]) {
          try {
            early(context);
          } catch (error) {
            failures.push((error as Error).message);
          }
        }
        return true;
      }
    }
    const { url } = await startGuarded({
      controllers: [Reports],
      providers: [{ provide: APP_GUARD, useClass: EarlyGuard }],
    });
    await request(url).get('/user');
    expect(failures).toEqual([
      expect.stringContaining('getCurrentOrg()'),
      expect.stringContaining('getCurrentApiKey()'),
    ]);
  });
});

describe('PropelAuthService.identify()', () => {
  it.each([
    ['/user', alice, { kind: 'user', userId: ALICE }],
    ['/open', alice, { kind: 'user', userId: ALICE }],
    ['/public', alice, { kind: 'user', userId: ALICE }],
    ['/user', null, null],
    ['/open', null, null],
  ])('returns the caller of %s, in global guards and later', async (path, user, expected) => {
    const identified: unknown[] = [];
    const identify = async (propelAuth: PropelAuthService, context: ExecutionContext) => {
      const caller = await propelAuth.identify(context);
      identified.push(caller && { kind: caller.kind, userId: caller.userId });
    };
    @Injectable()
    class IdentifyingGuard implements CanActivate {
      constructor(private readonly propelAuth: PropelAuthService) {}

      async canActivate(context: ExecutionContext) {
        await identify(this.propelAuth, context);
        return true;
      }
    }
    @Injectable()
    class IdentifyingInterceptor implements NestInterceptor {
      constructor(private readonly propelAuth: PropelAuthService) {}

      async intercept(context: ExecutionContext, next: CallHandler) {
        await identify(this.propelAuth, context);
        return next.handle();
      }
    }
    @Catch(HttpException)
    class IdentifyingFilter implements ExceptionFilter<HttpException> {
      constructor(
        private readonly propelAuth: PropelAuthService,
        private readonly adapterHost: HttpAdapterHost,
      ) {}

      async catch(exception: HttpException, host: ArgumentsHost) {
        await identify(this.propelAuth, host as ExecutionContext);
        const response = host.switchToHttp().getResponse<unknown>();
        this.adapterHost.httpAdapter.reply(response, {}, exception.getStatus());
      }
    }
    const { url } = await startGuarded(
      {
        controllers: [Reports],
        providers: [
          { provide: APP_GUARD, useClass: IdentifyingGuard },
          { provide: APP_INTERCEPTOR, useClass: IdentifyingInterceptor },
          IdentifyingFilter,
        ],
      },
      {},
      (app) => app.useGlobalFilters(app.get(IdentifyingFilter)),
    );
    await request(url, user).get(path);
    expect(identified.length).toBeGreaterThan(0);
    for (const one of identified) expect(one).toEqual(expected);
  });
});

describe('A request that calls identify() and callerKey() before the guard', () => {
  it.each([true, false])(
    'verifies its token once, without a cache, when it is %s',
    async (isValid) => {
      @Injectable()
      class AskingFirst implements CanActivate {
        constructor(private readonly propelAuth: PropelAuthService) {}

        async canActivate(context: ExecutionContext) {
          await this.propelAuth.identify(context);
          await this.propelAuth.callerKey(context);
          return true;
        }
      }
      const { app, url } = await startGuarded(
        { controllers: [Reports], providers: [{ provide: APP_GUARD, useClass: AskingFirst }] },
        { tokenCache: false },
      );
      const verifications = jest.spyOn(app.get(TokenVerifier), 'verify');
      await request(url)
        .get('/user')
        .set(await headersOf(isValid ? issuer : await TestIssuer.create({ roles: ROLES }), alice))
        .expect(isValid ? 200 : 401);
      expect(verifications).toHaveBeenCalledTimes(1);
    },
  );
});
