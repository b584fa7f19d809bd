import type { IncomingMessage } from 'node:http';
import { UseGuards, UseInterceptors, type CanActivate } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { ClsInterceptor, UseCls } from 'nestjs-cls';
import {
  activeOrg,
  OptionalUser,
  PropelAuthModule,
  PropelAuthService,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { CallerContext } from 'nestjs-propelauth/cls';
import { concatMap, map, of } from 'rxjs';
import { beforeTests } from '../support/application.js';
import { issuer } from '../support/guarded-application.js';
import { ACME_ID, alice, bob } from '../support/project.js';
import { GATEWAY_ADAPTERS } from '../support/websockets.js';
import {
  addHandlers,
  clsModule,
  everywhere,
  inWords,
  MOUNTS,
  PLACES,
  ReportsService,
} from './places.js';

let inGuard: string[] = [];

class EarlyGuard implements CanActivate {
  static current: CallerContext;

  canActivate(): boolean {
    inGuard.push(inWords(EarlyGuard.current));
    return true;
  }
}

@WebSocketGateway()
@UseGuards(EarlyGuard)
class ReportsGateway implements OnGatewayConnection {
  constructor(
    readonly service: ReportsService,
    private readonly propelAuth: PropelAuthService,
    caller: CallerContext,
  ) {
    EarlyGuard.current = caller;
  }

  async handleConnection(client: object, opening?: IncomingMessage) {
    await this.propelAuth.authenticateConnection(client, opening);
  }

  @SubscribeMessage('observable')
  @RequireUser()
  observable() {
    const data = concatMap(() => this.service.places());
    return of(1).pipe(
      data,
      map((places) => ({ event: 'observable', data: places })),
    );
  }

  @SubscribeMessage('fails')
  @RequireUser()
  async fails(): Promise<never> {
    await Promise.resolve();
    throw new Error('The disk is full');
  }
}

const ofUser = RequireUser();
const useCls = UseCls() as MethodDecorator;
addHandlers(
  ReportsGateway,
  {
    ofOrg: [SubscribeMessage('ofOrg'), RequireOrgMember({ org: activeOrg() })],
    mine: [SubscribeMessage('mine'), ofUser],
    optional: [SubscribeMessage('optional'), OptionalUser()],
    public: [SubscribeMessage('public'), Public()],
    unruled: [SubscribeMessage('unruled')],
    useCls: [SubscribeMessage('useCls'), ofUser, useCls],
    clsInterceptor: [UseInterceptors(ClsInterceptor), SubscribeMessage('clsInterceptor'), ofUser],
  },
  (event, data) => ({ event, data }),
);

const aliceInAcme = `user ${alice.userId} in ${ACME_ID}`;
const justAlice = `user ${alice.userId}`;

const moduleWith = (mount: keyof typeof MOUNTS) => ({
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions), clsModule(MOUNTS[mount])],
  providers: [ReportsGateway, ...PLACES],
});

const tokenOfAlice = await issuer.accessToken({ ...alice, activeOrgId: ACME_ID });

describe.each(GATEWAY_ADAPTERS)('CallerContext in a gateway over $name', ({ start, connect }) => {
  describe.each(Object.keys(MOUNTS) as (keyof typeof MOUNTS)[])(
    'with nestjs-cls mounted as %s',
    (mount) => {
      const application = beforeTests(() => start(moduleWith(mount)));

      it.each([
        ['ofOrg', aliceInAcme],
        ['mine', justAlice],
        ['optional', justAlice],
        ['public', 'nobody'],
        ['unruled', 'nobody'],
        ['useCls', justAlice],
        ['clsInterceptor', justAlice],
        ['observable', justAlice],
      ])('is the caller of each message: %s', async (event, caller) => {
        const client = await connect(application, tokenOfAlice);
        for (const data of [{}, 'a text']) {
          expect(await client.ask(event, data)).toEqual({ event, data: everywhere(caller) });
        }
      });

      it('does not leak into the guard or public handler of the next message on a connection', async () => {
        const client = await connect(application, tokenOfAlice);
        inGuard = [];
        for (const event of ['mine', 'fails', 'ofOrg']) {
          await client.ask(event, {});
          expect((await client.ask('public', {})).data).toEqual(everywhere('nobody'));
        }
        expect(new Set(inGuard)).toEqual(new Set(['outside']));
      });
    },
  );

  it('is separate for concurrent messages of several connections', async () => {
    const application = await start(moduleWith('none'));
    const tokens = await Promise.all([alice, bob].map((user) => issuer.accessToken(user)));
    const clients = await Promise.all(tokens.map((token) => connect(application, token)));
    for (let time = 0; time < 20; time++) {
      const answers = await Promise.all(clients.map((client) => client.ask('mine', {})));
      expect(answers.map(({ data }) => data)).toEqual([
        everywhere(justAlice),
        everywhere(`user ${bob.userId}`),
      ]);
    }
  });
});
