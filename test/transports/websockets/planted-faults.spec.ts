import type { Provider, Type } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { PropelAuthModule, RequireOrgMember, RequireUser } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, alice } from '../../support/project.js';
import { WEBSOCKET_FAULTS } from '../../support/planted-faults/websocket-faults.js';
import { messageOf } from '../../support/start-error.js';
import { GATEWAY_ADAPTERS } from '../../support/websockets.js';
import { OpenGateway } from './guarded.gateway.js';

const metadataOf = (gateway: Provider) => ({
  imports: [PropelAuthModule.forRoot(issuer.moduleOptions)],
  providers: [gateway],
});

const withOutcome = (wanted: string) =>
  WEBSOCKET_FAULTS.filter(([, , outcome]) => outcome === wanted);

describe.each(GATEWAY_ADAPTERS)('A gateway over $name', (adapter) => {
  const connect = async (gateway: Type, token?: string) =>
    adapter.connect(await adapter.start(metadataOf(gateway)), token);

  it.each(withOutcome('no start'))('fails startup when %s', async (_fault, gateway) => {
    await expect(connect(gateway)).rejects.toThrow(
      'BoundGateway.who (WebSocket message): Another function replaces this method',
    );
  });

  it.each(withOutcome('guarded'))('keeps its rule when %s', async (_fault, gateway) => {
    const nobody = await connect(gateway);
    expect(await nobody.ask('who', {})).toMatchObject({
      event: 'exception',
      data: { statusCode: 401 },
    });
    const client = await connect(gateway, await issuer.accessToken(alice));
    for (const message of [{}, 'a text', 7]) {
      expect(await client.ask('who', message)).toEqual({ event: 'who', data: alice.userId });
    }
  });

  it('rejects plain strings and numbers if a custom source reads the organization or the token', async () => {
    @WebSocketGateway()
    class CustomGateway extends OpenGateway {
      @SubscribeMessage('org')
      @RequireOrgMember({ org: (context) => ({ orgId: String(context.switchToWs().getData()) }) })
      org(@MessageBody() orgId: unknown) {
        return { event: 'org', data: orgId };
      }

      @SubscribeMessage('token')
      @RequireUser({ tokenSource: (context) => context.switchToWs().getData<string>() })
      token() {
        return { event: 'token', data: true };
      }
    }
    const accessToken = await issuer.accessToken(alice);
    const client = await connect(CustomGateway, accessToken);
    for (const [event, message] of [
      ['org', ACME_ID],
      ['org', 7],
      ['token', accessToken],
    ] as const) {
      expect(await client.ask(event, message)).toMatchObject({
        event: 'exception',
        data: { statusCode: 403 },
      });
    }
    // Another message of the same connection is decided about by itself.
    expect(await client.ask('me', 'a text')).toEqual({ event: 'me', data: alice.userId });
  });

  it('fails startup if a factory creates it', async () => {
    const gateway = { provide: 'GATEWAY', useFactory: () => new OpenGateway(null as never) };
    expect(await messageOf(adapter.start(metadataOf(gateway)))).toContain(
      'OpenGateway.me (WebSocket message)',
    );
  });
});
