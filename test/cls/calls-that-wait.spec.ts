import {
  Controller,
  Get,
  UseInterceptors,
  type CallHandler,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { RequireUser } from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { Observable } from 'rxjs';
import { until } from '../support/fake-timers.js';
import { request, startGuarded } from '../support/guarded-application.js';
import { alice, bob } from '../support/project.js';
import { clsModule, inWords } from './places.js';

const justAlice = `user ${alice.userId}`;
const justBob = `user ${bob.userId}`;

/** Lets one call in at a time, and runs the next where the last has ended. */
class Turnstile implements NestInterceptor {
  private readonly waiting: (() => void)[] = [];
  private isBusy = false;

  get isCrowded(): boolean {
    return this.waiting.length > 0;
  }

  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return new Observable((subscriber) => {
      const enter = () => {
        this.isBusy = true;
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error) => subscriber.error(error),
          complete: () => {
            this.isBusy = false;
            this.waiting.shift()?.();
            subscriber.complete();
          },
        });
      };
      if (this.isBusy) this.waiting.push(enter);
      else enter();
    });
  }
}

let turnstile = new Turnstile();
/** Whether a call has ended. */
let isSecond = false;

const takingTurns: NestInterceptor = {
  intercept: (context, next) => turnstile.intercept(context, next),
};

/** The first call ends when the second is waiting. */
async function takeTurn(caller: CallerContext): Promise<{ caller: string }> {
  await until(() => turnstile.isCrowded || isSecond);
  isSecond = true;
  return { caller: inWords(caller) };
}

@Controller()
class OnMethodController {
  constructor(private readonly caller: CallerContext) {}

  @Get()
  @RequireUser()
  @UseInterceptors(takingTurns)
  show() {
    return takeTurn(this.caller);
  }
}

@Controller()
@UseInterceptors(takingTurns)
class OnClassController {
  constructor(private readonly caller: CallerContext) {}

  @Get()
  @RequireUser()
  show() {
    return takeTurn(this.caller);
  }
}

@Controller()
class PlainController {
  constructor(private readonly caller: CallerContext) {}

  @Get()
  @RequireUser()
  show() {
    return takeTurn(this.caller);
  }
}

class GlobalModule {}
const globally = {
  module: GlobalModule,
  providers: [{ provide: APP_INTERCEPTOR, useValue: takingTurns }],
};

describe('CallerContext behind an interceptor that runs a call in the context of another one', () => {
  it.each([
    ['on the method', { imports: [clsModule()], controllers: [OnMethodController] }],
    ['on the class', { imports: [clsModule()], controllers: [OnClassController] }],
    ['globally', { imports: [clsModule(), globally], controllers: [PlainController] }],
  ])('is that of its own call: %s', async (_where, metadata) => {
    [turnstile, isSecond] = [new Turnstile(), false];
    const { url } = await startGuarded(metadata);
    const answers = await Promise.all(
      [alice, bob].map(async (user) => (await request(url, user).get('/').expect(200)).body),
    );
    expect(answers).toEqual([{ caller: justAlice }, { caller: justBob }]);
  });
});
