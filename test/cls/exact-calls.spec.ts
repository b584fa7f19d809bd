import {
  Controller,
  UseGuards,
  type CallHandler,
  type CanActivate,
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
import { startApplication } from '../support/application.js';
import { until } from '../support/fake-timers.js';
import { issuer } from '../support/guarded-application.js';
import { startMicroservice } from '../support/microservice.js';
import { ACME_ID, alice, bob } from '../support/project.js';
import { connectSocketIo } from '../support/websockets.js';
import { tokenFromMessage } from '../transports/microservices/guarded.messages.js';
import { clsModule, inWords } from './places.js';

const justAlice = `user ${alice.userId}`;
const justBob = `user ${bob.userId}`;

/** Replaces arguments, as those do which remove HTML from what clients send. */
const copying: NestInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler) {
    const values = context.getArgs<object[]>();
    values[0] = { ...values[0] };
    return next.handle();
  },
};

class CopyingModule {}
/** Imported before ClsModule, so that it runs before the caller is known. */
const copyingFirst = {
  module: CopyingModule,
  providers: [{ provide: APP_INTERCEPTOR, useValue: copying }],
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
        copyingFirst,
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
    const application = await startApplication({
      imports: [PropelAuthModule.forRoot(issuer.moduleOptions), clsModule()],
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
