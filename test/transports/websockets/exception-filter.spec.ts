import { UseFilters } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  PropelAuthApi,
  PropelAuthApiErrorFilter,
  PropelAuthModule,
  Public,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { from } from 'rxjs';
import { call } from '../../support/api-calls.js';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { BACKEND_FAILURES } from '../../support/backend-failures.js';
import { API_KEY } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { connectNative, connectSocketIo, type GatewayClient } from '../../support/websockets.js';

const { moduleOptions } = await TestIssuer.create();

@WebSocketGateway()
@UseFilters(PropelAuthApiErrorFilter)
class UsersGateway {
  constructor(private readonly propelAuth: PropelAuthApi) {}

  @SubscribeMessage('create')
  @Public()
  create() {
    return call(this.propelAuth, 'createUser');
  }

  @SubscribeMessage('stream')
  @Public()
  stream() {
    return from(call(this.propelAuth, 'createUser'));
  }

  @SubscribeMessage('other')
  @Public()
  other() {
    throw new Error('Something else');
  }
}

/** What a client is told of a failed message. */
function failure(statusCode: number, message: string, pattern: string) {
  return { event: 'exception', data: { status: 'error', statusCode, message, cause: { pattern } } };
}

const propelAuth = await PropelAuthServer.start();

describe.each<[string, boolean, (application: RunningApplication) => Promise<GatewayClient>]>([
  ['socket.io', false, async (application) => connectSocketIo(application)],
  ['ws', true, (application) => connectNative(application)],
])('PropelAuthApiErrorFilter on a gateway over %s', (_which, isNative, connect) => {
  let logger: RecordingLogger;
  let client: GatewayClient;

  beforeEach(async () => {
    logger = new RecordingLogger();
    const application = await startApplication(
      { imports: [PropelAuthModule.forRoot(moduleOptions)], providers: [UsersGateway] },
      (app) => {
        app.useLogger(logger);
        if (isNative) app.useWebSocketAdapter(new WsAdapter(app));
      },
    );
    client = await connect(application);
  });

  it.each(BACKEND_FAILURES)(
    'sends the client the status of %s and the failed message, and logs repeated errors once a minute',
    async (_what, answer, status, text) => {
      propelAuth.answers(answer);
      const data = { name: 'x' };
      expect(await client.ask('create', data)).toEqual(failure(status, text, 'create'));
      expect(await client.ask('stream', data)).toEqual(failure(status, text, 'stream'));
      expect(logger.of('error')).toHaveLength(status >= 500 ? 1 : 0);
      expect(logger.text).not.toContain(API_KEY);
    },
  );

  it('leaves other errors to other filters', async () => {
    expect(await client.ask('other')).toMatchObject({
      event: 'exception',
      data: { status: 'error', message: 'Internal server error' },
    });
  });
});
