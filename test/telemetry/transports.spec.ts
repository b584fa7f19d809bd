import { Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core/helpers/external-context-creator.js';
import { PropelAuthModule, Public } from 'nestjs-propelauth';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { startApplication } from '../support/application.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { callOf, startMcpServer } from '../support/mcp-nest.js';
import { startMicroservice } from '../support/microservice.js';
import { alice } from '../support/project.js';
import { connectSocketIo } from '../support/websockets.js';
import { OpenReports, Reports } from '../mcp/nest/reports.parts.js';
import { alice as mcpAlice } from '../mcp/nest/users.js';
import { GuardedMessages, tokenFromMessage } from '../transports/microservices/guarded.messages.js';
import { GuardedGateway } from '../transports/websockets/guarded.gateway.js';
import { RecordedMetrics } from './recorded-metrics.js';

let recorded: RecordedMetrics;
beforeEach(() => void (recorded = RecordedMetrics.start()));

describe('The counter of decisions', () => {
  it('counts gateway events as websocket', async () => {
    const application = await startGuarded(
      { providers: [GuardedGateway] },
      { plugins: [telemetry()] },
    );
    const token = await issuer.accessToken(alice);
    await connectSocketIo(application, { auth: { token } }).ask('me');
    await connectSocketIo(application).ask('me');
    expect(await recorded.decisions()).toEqual({
      'allowed access-token websocket': 1,
      'rejected token_missing none websocket': 1,
    });
  });

  it('counts messages of microservices as rpc', async () => {
    const options = {
      ...issuer.moduleOptions,
      tokenSource: tokenFromMessage,
      plugins: [telemetry()],
    };
    const client = await startMicroservice({
      imports: [PropelAuthModule.forRoot(options)],
      controllers: [GuardedMessages],
    });
    await client.send('me', { accessToken: await issuer.accessToken(alice) });
    await client.rejectionOf('me', {});
    expect(await recorded.decisions()).toEqual({
      'allowed access-token rpc': 1,
      'rejected token_missing none rpc': 1,
    });
  });

  it('counts each MCP tool call once as mcp, and the request that carries an allowed one as http', async () => {
    const server = await startMcpServer([OpenReports, Reports], {
      endpoint: [Public()],
      options: { plugins: [telemetry()] },
    });
    const token = server.token(mcpAlice, ['read:reports']);
    await server.send(callOf('read_reports'), { token });
    await server.send(callOf('read_reports'), { token: server.token(mcpAlice) });
    await server.send(callOf('hello'));
    expect(await recorded.decisions()).toEqual({
      'allowed mcp-token http': 1,
      'allowed mcp-token mcp': 1,
      'allowed none http': 1,
      'rejected scope_missing mcp-token mcp': 1,
    });
  });

  it.each(['rmq', undefined])('counts calls of libraries as other: %s', async (type) => {
    @Injectable()
    class Subscriber {
      @Public()
      public() {}
    }
    const { app } = await startApplication({
      imports: [
        PropelAuthModule.forRoot({
          ...issuer.moduleOptions,
          requireUserByDefault: true,
          plugins: [telemetry()],
        }),
      ],
      providers: [Subscriber],
    });
    const subscriber = app.get<Record<string, () => void>>(Subscriber);
    const none = undefined;
    const handler = app
      .get(ExternalContextCreator)
      .create(
        subscriber,
        subscriber['public']!,
        'public',
        none,
        none,
        none,
        none,
        none,
        type as 'http',
      );
    await handler({ id: 1 });
    expect(await recorded.decisions()).toEqual({ 'allowed none other': 1 });
  });
});
