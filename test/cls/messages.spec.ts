import { Controller, Get, UseInterceptors, type NestInterceptor } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import {
  OptionalUser,
  orgFromMessage,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { concatMap, of } from 'rxjs';
import request from 'supertest';
import { until } from '../support/fake-timers.js';
import { issuer } from '../support/guarded-application.js';
import { startHybrid, startMicroservice, type MessageClient } from '../support/microservice.js';
import { ACME_ID, alice, bob, headersOf } from '../support/project.js';
import { tokenFromMessage } from '../transports/microservices/guarded.messages.js';
import { addHandlers, clsModule, everywhere, inWords, PLACES, ReportsService } from './places.js';

let events: unknown[] = [];
let inInterceptor = '';

const readingInterceptor: NestInterceptor = {
  intercept(_context, next) {
    inInterceptor = inWords(ReportsMessages.current);
    return next.handle();
  },
};

@Controller()
@UseInterceptors(readingInterceptor)
class ReportsMessages {
  static current: CallerContext;

  constructor(
    readonly service: ReportsService,
    caller: CallerContext,
  ) {
    ReportsMessages.current = caller;
  }

  @MessagePattern('observable')
  @RequireUser()
  observable() {
    return of(1).pipe(concatMap(() => this.service.places()));
  }

  @EventPattern('listed')
  @RequireUser()
  async listed(_event: unknown) {
    events.push(await this.service.places());
  }
}

addHandlers(ReportsMessages, {
  ofOrg: [MessagePattern('ofOrg'), RequireOrgMember({ org: orgFromMessage() })],
  mine: [Get('mine'), MessagePattern('mine'), RequireUser()],
  optional: [MessagePattern('optional'), OptionalUser()],
  public: [MessagePattern('public'), Public()],
  unruled: [MessagePattern('unruled')],
});

const module = {
  imports: [
    PropelAuthModule.forRoot({ ...issuer.moduleOptions, tokenSource: tokenFromMessage }),
    clsModule(),
  ],
  controllers: [ReportsMessages],
  providers: PLACES,
};

const justAlice = `user ${alice.userId}`;
const tokens = await Promise.all([alice, bob].map((user) => issuer.accessToken(user)));
const [accessToken] = tokens;

describe.each([
  ['a microservice', () => startMicroservice(module)],
  ['a hybrid application', () => startHybrid(module)],
  ['one with inheritAppConfig', () => startHybrid(module, { inheritAppConfig: true })],
])('CallerContext in messages of %s', (_which, start) => {
  let client: MessageClient;
  beforeAll(async () => (client = await start()));

  it.each([
    ['ofOrg', `user ${alice.userId} in ${ACME_ID}`],
    ['mine', justAlice],
    ['observable', justAlice],
    ['optional', justAlice],
    ['public', 'nobody'],
    ['unruled', 'nobody'],
  ])('is the caller of each: %s', async (pattern, caller) => {
    const answer = await client.send(pattern, { accessToken, orgId: ACME_ID });
    expect(answer).toEqual(everywhere(caller));
    expect(inInterceptor).toBe(caller);
  });

  it('is the caller of an event', async () => {
    events = [];
    await client.emit('listed', { accessToken });
    await until(() => events.length > 0);
    expect(events).toEqual([everywhere(justAlice)]);
  });

  it('is separate for messages of one connection that overtake each other', async () => {
    const sent = Array.from({ length: 40 }, (_, index) => index % 2);
    const answers = await Promise.all(
      sent.map((index) => client.send('mine', { accessToken: tokens[index] })),
    );
    expect(answers).toEqual(sent.map((index) => everywhere(`user ${[alice, bob][index]!.userId}`)));
  });
});

describe('CallerContext in a controller of requests and messages', () => {
  it('is the caller of each', async () => {
    const { app } = await startHybrid(module);
    await app.listen(0, '127.0.0.1');
    const { body } = await request(await app.getUrl())
      .get('/mine')
      .set(await headersOf(issuer, bob))
      .expect(200);
    expect(body).toEqual(everywhere(`user ${bob.userId}`));
  });
});
