import {
  Catch,
  Controller,
  Get,
  Injectable,
  Module,
  type ArgumentsHost,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { OnPropelAuthEvent, PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import type { Response } from 'express';
import request from 'supertest';
import { startApplication } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { alice, headersOf } from '../support/project.js';
import { created, send, startWithHandlers } from '../propelauth/webhooks/event-application.js';
import { clsModule, inWords } from './places.js';

/** Whom each place has found as its caller. */
let found: Record<string, string> = {};

beforeEach(() => (found = {}));

@Injectable()
abstract class Interceptor implements NestInterceptor {
  abstract readonly name: string;

  constructor(private readonly caller: CallerContext) {}

  intercept(_context: ExecutionContext, next: CallHandler) {
    found[this.name] = inWords(this.caller);
    return next.handle();
  }
}

@Injectable()
class EarlierInterceptor extends Interceptor {
  readonly name = 'interceptor of an earlier module';
}

@Injectable()
class LaterInterceptor extends Interceptor {
  readonly name = 'interceptor of a later module';
}

@Catch()
@Injectable()
class Filter implements ExceptionFilter {
  constructor(private readonly caller: CallerContext) {}

  catch(_error: unknown, host: ArgumentsHost) {
    found['exception filter'] = inWords(this.caller);
    host.switchToHttp().getResponse<Response>().status(500).end();
  }
}

@Controller()
class FailingController implements OnModuleInit {
  constructor(private readonly caller: CallerContext) {}

  onModuleInit() {
    found['lifecycle hook'] = inWords(this.caller);
  }

  @Get()
  @RequireUser()
  fail() {
    found['handler'] = inWords(this.caller);
    throw new Error('The disk is full');
  }
}

@Injectable()
class EventHandler {
  constructor(private readonly caller: CallerContext) {}

  @OnPropelAuthEvent('user.created')
  created() {
    found['event handler'] = inWords(this.caller);
  }
}

@Module({ providers: [{ provide: APP_INTERCEPTOR, useClass: EarlierInterceptor }] })
class EarlierModule {}

@Module({
  controllers: [FailingController],
  providers: [
    { provide: APP_INTERCEPTOR, useClass: LaterInterceptor },
    { provide: APP_FILTER, useClass: Filter },
  ],
})
class LaterModule {}

describe('CallerContext', () => {
  it('is not active in exception filters, lifecycle hooks, and global interceptors of modules before ClsModule', async () => {
    const propelAuth = PropelAuthModule.forRoot(issuer.moduleOptions);
    const { url } = await startApplication({
      imports: [propelAuth, EarlierModule, clsModule(), LaterModule],
    });
    await request(url)
      .get('/')
      .set(await headersOf(issuer, alice))
      .expect(500);
    expect(found).toEqual({
      'lifecycle hook': 'outside',
      'interceptor of an earlier module': 'outside',
      'interceptor of a later module': `user ${alice.userId}`,
      handler: `user ${alice.userId}`,
      'exception filter': 'outside',
    });
  });

  it('is not active in handlers of PropelAuth events', async () => {
    const application = await startWithHandlers([EventHandler], { imports: [clsModule()] });
    expect(await send(application, created)).toBe(204);
    expect(found).toEqual({ 'event handler': 'outside' });
  });
});
