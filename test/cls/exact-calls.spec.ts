import {
  Controller,
  Get,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  orgFromMessage,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { Observable } from 'rxjs';
import { until } from '../support/fake-timers.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { startMicroservice } from '../support/microservice.js';
import { ACME_ID, alice, bob } from '../support/project.js';
import { connectSocketIo } from '../support/websockets.js';
import { tokenFromMessage } from '../transports/microservices/guarded.messages.js';
import { clsModule, inWords } from './places.js';

const justAlice = `user ${alice.userId}`;
const justBob = `user ${bob.userId}`;

/** A module of an interceptor that runs for all calls. */
function globally(interceptor: NestInterceptor): DynamicModule {
  class GlobalModule {}
  return {
    module: GlobalModule,
    providers: [{ provide: APP_INTERCEPTOR, useValue: interceptor }],
  };
}

/** Replaces arguments, as those do which remove HTML from what clients send. */
const copying: NestInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler) {
    const values = context.getArgs<object[]>();
    values[0] = { ...values[0] };
    return next.handle();
  },
};

@Controller()
class ReportsMessages {
  constructor(private readonly caller: CallerContext) {}

  @MessagePattern('ofOrg')
  @RequireOrgMember({ org: orgFromMessage() })
  ofOrg() {
    return inWords(this.caller);
  }
}

describe('CallerContext behind an interceptor that replaces the arguments of a call', () => {
  it('is the caller of a message, and not null', async () => {
    const client = await startMicroservice({
      imports: [
        // Before ClsModule, so that it runs before the caller is known.
        globally(copying),
        PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage }),
        clsModule(),
      ],
      controllers: [ReportsMessages],
    });
    const accessToken = await issuer.accessToken(alice);
    expect(await client.send('ofOrg', { accessToken, orgId: ACME_ID })).toBe(
      `${justAlice} in ${ACME_ID}`,
    );
  });
});

/** Holds calls that PropelAuth's guard has let in. */
class Gate implements CanActivate {
  static waiting: (() => void)[] = [];

  canActivate(): Promise<boolean> {
    return new Promise((resolve) => Gate.waiting.push(() => resolve(true)));
  }
}

interface Client {
  handshake: { auth: { token?: unknown } };
}

@WebSocketGateway()
class RenewingGateway {
  constructor(private readonly caller: CallerContext) {}

  @SubscribeMessage('renew')
  @Public()
  renew(client: Client, { token }: { token: string }) {
    client.handshake.auth.token = token;
    return { event: 'renewed' };
  }

  @SubscribeMessage('held')
  @RequireUser()
  @UseGuards(Gate)
  held(_client: Client, text: string) {
    return { event: text, data: inWords(this.caller) };
  }
}

describe('CallerContext for strings over one connection', () => {
  it('stays the caller that the guard allowed, after another has signed in', async () => {
    const application = await startGuarded({
      imports: [clsModule()],
      providers: [RenewingGateway],
    });
    const [token, other] = await Promise.all([alice, bob].map((user) => issuer.accessToken(user)));
    const client = connectSocketIo(application, { auth: { token } });
    Gate.waiting = [];
    client.send('held', 'first');
    await until(() => Gate.waiting.length === 1);
    await client.ask('renew', { token: other });
    client.send('held', 'second');
    await until(() => Gate.waiting.length === 2);
    const [first, second] = Gate.waiting;
    first!();
    expect(await client.next()).toEqual({ event: 'first', data: justAlice });
    second!();
    expect(await client.next()).toEqual({ event: 'second', data: justBob });
  });
});

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
class PlainController {
  constructor(private readonly caller: CallerContext) {}

  @Get('plain')
  @RequireUser()
  show() {
    return takeTurn(this.caller);
  }

  @Get('method')
  @RequireUser()
  @UseInterceptors(takingTurns)
  onMethod() {
    return takeTurn(this.caller);
  }
}

@Controller('class')
@UseInterceptors(takingTurns)
class OnClassController extends PlainController {}

describe('CallerContext behind an interceptor that runs a call in the context of another one', () => {
  it.each([
    ['on the method', '/method', [clsModule()]],
    ['on the class', '/class/plain', [clsModule()]],
    ['globally', '/plain', [clsModule(), globally(takingTurns)]],
  ])('is that of its own call: %s', async (_where, path, imports) => {
    [turnstile, isSecond] = [new Turnstile(), false];
    const { url } = await startGuarded({
      imports,
      controllers: [PlainController, OnClassController],
    });
    const answers = await Promise.all(
      [alice, bob].map(async (user) => (await request(url, user).get(path).expect(200)).body),
    );
    expect(answers).toEqual([{ caller: justAlice }, { caller: justBob }]);
  });
});
