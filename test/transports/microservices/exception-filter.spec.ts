import { Controller, Logger, UseFilters } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import {
  PropelAuthApi,
  PropelAuthApiErrorFilter,
  PropelAuthModule,
  Public,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { from } from 'rxjs';
import { call } from '../../support/api-calls.js';
import { BACKEND_FAILURES } from '../../support/backend-failures.js';
import { until } from '../../support/fake-timers.js';
import { API_KEY } from '../../support/project.js';
import { startHybrid, startMicroservice } from '../../support/microservice.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const { moduleOptions } = await TestIssuer.create();

@Controller()
class UsersMessages {
  constructor(readonly propelAuth: PropelAuthApi) {}

  @MessagePattern('create')
  @Public()
  create() {
    return call(this.propelAuth, 'createUser');
  }

  @MessagePattern('stream')
  @Public()
  stream() {
    return from(call(this.propelAuth, 'createUser'));
  }

  @EventPattern('happened')
  @Public()
  happened(_event: unknown) {
    return call(this.propelAuth, 'createUser');
  }

  @MessagePattern('other')
  @Public()
  other() {
    throw new Error('Something else');
  }
}

@Controller()
@UseFilters(PropelAuthApiErrorFilter)
class FilteredMessages extends UsersMessages {}

const filter = { provide: APP_FILTER, useClass: PropelAuthApiErrorFilter };

function moduleOf(controller: new (api: PropelAuthApi) => unknown, providers: object[] = []) {
  return {
    imports: [PropelAuthModule.forRoot(moduleOptions)],
    controllers: [controller],
    providers: providers as never,
  };
}

const TOO_MANY_REQUESTS = {
  status: 'error',
  code: 'TOO_MANY_REQUESTS',
  message: 'Too Many Requests',
};

const propelAuth = await PropelAuthServer.start();

describe('PropelAuthApiErrorFilter on message handlers', () => {
  let logger: RecordingLogger;

  async function start() {
    const client = await startMicroservice(moduleOf(FilteredMessages));
    // After the start, which turns the logger off.
    logger = new RecordingLogger();
    Logger.overrideLogger(logger);
    return client;
  }

  it.each(BACKEND_FAILURES)(
    'returns the code of %s, and logs repeated errors once a minute',
    async (_what, answer, status, message) => {
      const client = await start();
      propelAuth.answers(answer);
      const code = message.toUpperCase().replaceAll(' ', '_');
      const expected = { status: 'error', code, message };
      expect(await client.rejectionOf('create', {})).toEqual(expected);
      expect(await client.rejectionOf('stream', {})).toEqual(expected);
      expect(logger.of(status >= 500 ? 'error' : 'warn')).toHaveLength(1);
      expect(logger.text).not.toContain(API_KEY);
    },
  );

  it('logs a failed event, because no client waits for a response', async () => {
    const client = await start();
    propelAuth.answers({ status: 429 });
    await client.emit('happened', {});
    await until(() => logger.of('warn').length > 0);
    expect(logger.of('warn')).toEqual([expect.stringMatching(/rate limited createUser/)]);
  });

  it('leaves other errors to other filters', async () => {
    const client = await start();
    expect(await client.rejectionOf('other', {})).toEqual({
      status: 'error',
      message: 'Internal server error',
    });
  });

  it('responds if it is registered with APP_FILTER', async () => {
    propelAuth.answers({ status: 429 });
    const client = await startMicroservice(moduleOf(UsersMessages, [filter]));
    expect(await client.rejectionOf('create', {})).toEqual(TOO_MANY_REQUESTS);
  });

  it('responds if it is registered with APP_FILTER in a hybrid application with inheritAppConfig', async () => {
    propelAuth.answers({ status: 429 });
    const client = await startHybrid(moduleOf(UsersMessages, [filter]), { inheritAppConfig: true });
    expect(await client.rejectionOf('create', {})).toEqual(TOO_MANY_REQUESTS);
  });
});
