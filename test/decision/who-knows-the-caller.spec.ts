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
  Public,
  RequireUser,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { TokenVerifier } from '../../lib/callers/user/token-verifier.js';
import { beforeTests, startApplication, type RunningApplication } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { OBSERVING_GUARD } from '../support/observing-guard.js';
import { alice, headersOf, ROLES } from '../support/project.js';

/** What each place was told. */
const seen: Record<string, unknown> = {};

function ask(place: string, context: ExecutionContext): void {
  try {
    seen[place] = getCurrentUser(context)?.userId ?? null;
  } catch (error) {
    seen[place] = (error as Error).message;
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
    seen['pipe'] = (value as { userId?: string } | null)?.userId ?? null;
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
    seen['handler'] = user.userId;
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

function start(requireUserByDefault: boolean, stub = false) {
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

const BEFORE = ['global guard of an imported module', 'global guard of the root module'];
const AFTER = [
  'class guard',
  'method guard',
  'global interceptor',
  'interceptor of the application',
  'interceptor',
];

/** What each of these places is told. */
const told = (places: string[], what: unknown) =>
  Object.fromEntries(places.map((place) => [place, what]));

const TOO_EARLY = told(
  BEFORE,
  expect.stringMatching(/getCurrentUser\(\) was called before.*Reports\.\w+.*identify/),
);

beforeEach(() => {
  for (const place of Object.keys(seen)) delete seen[place];
});

describe('getCurrentUser() returns', () => {
  const plain = beforeTests(() => start(false));
  const byDefault = beforeTests(() => start(true));
  const stubbed = beforeTests(() => start(false, true));
  const { userId } = alice;
  const ofParameters = told(['pipe', 'handler'], userId);

  it.each<[string, RunningApplication, string, TestUser | null, object]>([
    [
      'the user after the decision, and throws a helpful error before it',
      plain,
      '/user',
      alice,
      { ...TOO_EARLY, ...told(AFTER, userId), ...ofParameters },
    ],
    [
      'the same under requireUserByDefault',
      byDefault,
      '/user',
      alice,
      { ...TOO_EARLY, ...told(AFTER, userId), ...ofParameters },
    ],
    [
      'null for an unauthenticated caller of an optional route, and throws before the decision',
      plain,
      '/optional',
      null,
      { ...TOO_EARLY, ...told(AFTER, null) },
    ],
    ['null on a public route', plain, '/public', alice, told([...BEFORE, ...AFTER], null)],
    ['null on a route without a rule', plain, '/open', alice, told([...BEFORE, ...AFTER], null)],
    [
      'null in exception filters after a rejection',
      plain,
      '/user',
      null,
      { ...TOO_EARLY, 'exception filter': null },
    ],
  ])('%s', async (_what, { url }, path, user, expected) => {
    await request(url, user).get(path);
    expect(seen).toEqual(expected);
  });

  it('null in tests that override the guard', async () => {
    await request(stubbed.url, alice).get('/optional');
    expect(seen).toMatchObject(told(AFTER, null));
  });
});

describe('getCurrentOrg() and getCurrentApiKey()', () => {
  it('throw before the decision as well', async () => {
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

const forger = await TestIssuer.create({ roles: ROLES });

describe('A request that calls identify() and callerKey() before the guard', () => {
  it.each([
    ['valid', issuer, 200],
    ['forged', forger, 401],
  ])('verifies its token once, without a cache, when it is %s', async (_what, by, status) => {
    const { app, url } = await startGuarded(
      { controllers: [Reports], providers: [OBSERVING_GUARD] },
      { tokenCache: false },
    );
    const verifications = jest.spyOn(app.get(TokenVerifier), 'verify');
    const headers = await headersOf(by, alice);
    await supertest(url).get('/user').set(headers).expect(status);
    expect(verifications).toHaveBeenCalledTimes(1);
  });
});
