import type { IncomingMessage } from 'node:http';
import { SubscribeMessage, WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { PropelAuthModule, PropelAuthService, RequireUser } from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { TestIssuer } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { OpenStreams } from '../../lib/transports/open-streams.js';
import { stopClock } from '../support/fake-timers.js';
import { GATEWAY_ADAPTERS } from '../support/websockets.js';

const issuer = await TestIssuer.create();
const NOW = Date.UTC(2026, 0, 1);
const observed: (string | undefined)[] = [];

/** A global guard, which runs before ours. */
@Injectable()
class ObservingGuard implements CanActivate {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const caller = await this.propelAuth.identify(context);
    if (context.getType() === 'ws') observed.push(caller?.userId);
    return true;
  }
}

@WebSocketGateway()
class EchoGateway implements OnGatewayConnection {
  constructor(private readonly propelAuth: PropelAuthService) {}

  async handleConnection(client: object, request?: IncomingMessage): Promise<void> {
    await this.propelAuth.authenticateConnection(client, request);
  }

  @SubscribeMessage('echo')
  @RequireUser()
  echo() {
    return { event: 'echo', data: 'yes' };
  }
}

beforeEach(() => void observed.splice(0));

describe.each(GATEWAY_ADAPTERS)('Live access for the messages of $name', (adapter) => {
  it.each([{}, 'a string', 7])(
    'tells a guard that runs before ours about a change, and ours rejects: %j',
    async (message) => {
      stopClock(NOW - 3_600_000);
      const application = await adapter.start({
        imports: [
          PropelAuthModule.forRoot({
            ...issuer.moduleOptions,
            webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
            plugins: [liveAccess()],
          }),
        ],
        providers: [EchoGateway, { provide: APP_GUARD, useClass: ObservingGuard }],
      });
      // The second message comes before the connection is closed.
      jest.spyOn(application.app.get(OpenStreams), 'add').mockReturnValue(() => {});
      const user = { email: 'alice@example.com' };
      // PropelAuth is asked about tokens from before the start.
      jest.setSystemTime(NOW);
      const token = await issuer.accessToken(user);
      const client = await adapter.connect(application, token);
      expect(await client.ask('echo', message)).toEqual({ event: 'echo', data: 'yes' });
      const { headers, body } = issuer.webhook({
        event_type: 'user.disabled',
        user_id: issuer.userId(user),
      });
      await supertest(application.url).post('/webhooks').set(headers).send(body).expect(204);
      const answer = await client.ask('echo', message);
      expect(answer).toMatchObject({ event: 'exception', data: { statusCode: 401 } });
      expect(observed).toEqual([issuer.userId(user), undefined]);
    },
  );
});
