import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  UseInterceptors,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { APP_FILTER, ExternalContextCreator, NestFactory } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { CurrentUser, Public, RequireUser, type User } from 'nestjs-propelauth';
import { issuer, request } from '../../guarded-application.js';
import { ACME_ID, bob, carol, dave } from '../../project.js';
import { ForAdmins, reportsUnder, SECRET, type Mistake } from './mistake.js';

const guarded = () => reportsUnder([ForAdmins()]);

@Controller()
class GuardedController {
  @Get('reports')
  @ForAdmins()
  list() {
    return SECRET;
  }
}

/** Calls a handler of another controller, as it would a service. */
@Controller()
class NewsController {
  constructor(private readonly reports: GuardedController) {}

  @Get('news')
  @Public()
  news() {
    return { news: 'none', latest: this.reports.list() };
  }
}

@Controller()
class AccountController {
  @Get('reports')
  @RequireUser()
  @UseInterceptors(CacheInterceptor)
  show(@CurrentUser() user: User) {
    return user.userId === bob.userId ? SECRET : 'nothing';
  }
}

@Catch(ForbiddenException)
class TurnsIntoSuccess implements ExceptionFilter {
  catch(_error: HttpException, host: ArgumentsHost) {
    host.switchToHttp().getResponse<Response>().status(200).send([]);
  }
}

/** A handler that a library calls, as one of a message broker does. */
@Injectable()
class ReportsConsumer {
  list() {
    return SECRET;
  }
}

/** Answers with what it has answered to the same address before. */
function cachingMiddleware() {
  const answers = new Map<string, unknown>();
  return ({ url }: Request, response: Response, next: NextFunction) => {
    if (answers.has(url)) return void response.send(answers.get(url));
    const send = response.send.bind(response);
    response.send = (body: unknown) => {
      if (response.statusCode === 200) answers.set(url, body);
      return send(body);
    };
    next();
  };
}

/** Mistakes with what is around handlers, and calls them or answers for them. */
export const MISTAKES_AROUND_HANDLERS: readonly Mistake[] = [
  {
    what: 'a public handler that calls a guarded handler of another controller, or its service',
    plant: () => ({
      controllers: [NewsController, GuardedController],
      providers: [GuardedController],
    }),
    intruder: null,
    intruderPath: '/news',
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice:
      'Rules are checked only for calls from outside. Put shared code into a service that takes an `OrgScope`.',
  },
  {
    what: '`CacheInterceptor` on a handler for users',
    plant: () => ({ imports: [CacheModule.register()], controllers: [AccountController] }),
    meant: 'user',
    intruder: dave,
    result: 'unauthorized access',
    notices: ['warns', '–', '–'],
  },
  {
    what: 'a middleware that caches responses by URL',
    plant: () => ({ controllers: [guarded()] }),
    prepare: (app) => app.use(cachingMiddleware()),
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', 'finds', '–'],
  },
  {
    what: "a middleware that adds the application's own token to requests without a token",
    plant: () => ({ controllers: [guarded()] }),
    prepare: async (app) => {
      const authorization = await issuer.authorization(bob);
      app.use(({ headers }: Request, _response: Response, next: NextFunction) => {
        headers.authorization ??= authorization;
        next();
      });
    },
    intruder: null,
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Do not use it in production: the guard cannot tell who added the token.',
  },
  {
    what: 'an exception filter that turns 403 into 200',
    plant: () => ({
      controllers: [guarded()],
      providers: [{ provide: APP_FILTER, useClass: TurnsIntoSuccess }],
    }),
    intruder: carol,
    result: 'guarded',
    notices: ['guarded', 'guarded', 'guarded'],
  },
  {
    what: 'a handler that a library calls, with its `context.getType()` in `ignoreContextTypes`',
    plant: () => ({ controllers: [guarded()], providers: [ReportsConsumer] }),
    options: { requireUserByDefault: true, ignoreContextTypes: ['queue'] },
    intruder: null,
    ask: async ({ app, url }, user) => {
      if (user !== null)
        return (await request(url, user).get('/reports').query({ orgId: ACME_ID })).text;
      const consumer = app.get(ReportsConsumer);
      const call = app
        .get(ExternalContextCreator)
        .create(
          consumer,
          Reflect.get(consumer, 'list'),
          'list',
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          'queue',
        );
      return String(await call());
    },
    result: 'unauthorized access',
    notices: ['–', '–', '–'],
    advice: 'Add a rule with a `tokenSource` to the handler.',
  },
  {
    what: 'a second `NestFactory` application with the controller, without `PropelAuthModule`',
    plant: () => ({ controllers: [guarded()] }),
    prepare: async () => {
      // Fails like the start of any application, within that of this one.
      const second = await NestFactory.create(
        { module: class SecondModule {}, controllers: [guarded()] },
        { logger: false, abortOnError: false },
      );
      await second.init();
    },
    intruder: null,
    result: 'does not start',
    notices: ['fails', '–', '–'],
  },
];
