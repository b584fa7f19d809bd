import { applyDecorators, Controller, Injectable, Logger, UseFilters } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  PropelAuthApi,
  PropelAuthApiErrorFilter,
  PropelAuthModule,
  Public,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { from } from 'rxjs';
import { call } from '../support/api-calls.js';
import { BACKEND_FAILURES } from '../support/backend-failures.js';
import { stopLogClock, until } from '../support/fake-timers.js';
import { startHybrid, startMicroservice, type MessageClient } from '../support/microservice.js';
import { API_KEY } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { GATEWAY_ADAPTERS, type GatewayClient } from '../support/websockets.js';

const { moduleOptions } = await TestIssuer.create();
const imports = [PropelAuthModule.forRoot(moduleOptions)];
const filter = { provide: APP_FILTER, useClass: PropelAuthApiErrorFilter };

/** Both a message of a microservice and of a gateway. */
const Message = (name: string) =>
  applyDecorators(MessagePattern(name), SubscribeMessage(name), Public());

@Injectable()
class Users {
  constructor(readonly propelAuth: PropelAuthApi) {}

  @Message('create')
  create() {
    return call(this.propelAuth, 'createUser');
  }

  @Message('stream')
  stream() {
    return from(call(this.propelAuth, 'createUser'));
  }

  @Message('other')
  other() {
    throw new Error('Something else');
  }

  @EventPattern('happened')
  @Public()
  happened(_event: unknown) {
    return call(this.propelAuth, 'createUser');
  }
}

@Controller()
class UsersMessages extends Users {}

@Controller()
@UseFilters(PropelAuthApiErrorFilter)
class FilteredMessages extends Users {}

@WebSocketGateway()
@UseFilters(PropelAuthApiErrorFilter)
class UsersGateway extends Users {}

const propelAuth = await PropelAuthServer.start();
const logger = new RecordingLogger();

beforeEach(() => {
  // After the start, which turns the logger off.
  Logger.overrideLogger(logger);
  logger.lines.length = 0;
  stopLogClock();
});

describe.each(GATEWAY_ADAPTERS)('PropelAuthApiErrorFilter over $name', ({ start, connect }) => {
  let client: GatewayClient;
  beforeAll(async () => {
    client = await connect(await start({ imports, providers: [UsersGateway] }));
  });

  it.each(BACKEND_FAILURES)(
    'sends the client the status of %s and the failed message, and logs repeated errors once a minute',
    async (_what, answer, statusCode, message) => {
      propelAuth.answers(answer);
      for (const pattern of ['create', 'stream']) {
        const data = { status: 'error', statusCode, message, cause: { pattern } };
        expect(await client.ask(pattern, { name: 'x' })).toEqual({ event: 'exception', data });
      }
      expect(logger.of('error')).toHaveLength(statusCode >= 500 ? 1 : 0);
      expect(logger.text).not.toContain(API_KEY);
    },
  );

  it('leaves other errors to other filters', async () => {
    const data = { status: 'error', message: 'Internal server error' };
    expect(await client.ask('other')).toMatchObject({ event: 'exception', data });
  });
});

describe('PropelAuthApiErrorFilter on message handlers', () => {
  let client: MessageClient;
  beforeAll(async () => {
    client = await startMicroservice({ imports, controllers: [FilteredMessages] });
  });

  it.each(BACKEND_FAILURES)(
    'returns the code of %s, and logs repeated errors once a minute',
    async (_what, answer, status, message) => {
      propelAuth.answers(answer);
      const code = message.toUpperCase().replaceAll(' ', '_');
      for (const pattern of ['create', 'stream']) {
        const told = { status: 'error', code, message };
        expect(await client.rejectionOf(pattern, {})).toEqual(told);
      }
      expect(logger.of(status >= 500 ? 'error' : 'warn')).toHaveLength(1);
      expect(logger.text).not.toContain(API_KEY);
    },
  );

  it('logs a failed event, because no client waits for a response', async () => {
    propelAuth.answers({ status: 429 });
    await client.emit('happened', {});
    await until(() => logger.of('warn').length > 0);
    expect(logger.of('warn')).toEqual([expect.stringMatching(/rate limited createUser/)]);
  });

  it('leaves other errors to other filters', async () => {
    const told = { status: 'error', message: 'Internal server error' };
    expect(await client.rejectionOf('other', {})).toEqual(told);
  });

  const global = { imports, controllers: [UsersMessages], providers: [filter] };

  it.each([
    ['a microservice', () => startMicroservice(global)],
    [
      'a hybrid application with inheritAppConfig',
      () => startHybrid(global, { inheritAppConfig: true }),
    ],
  ])('responds if it is registered with APP_FILTER in %s', async (_where, start) => {
    propelAuth.answers({ status: 429 });
    const told = { status: 'error', code: 'TOO_MANY_REQUESTS', message: 'Too Many Requests' };
    expect(await (await start()).rejectionOf('create', {})).toEqual(told);
  });
});
