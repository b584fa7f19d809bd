import type { ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  Post,
  Res,
  UseFilters,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import {
  PropelAuthApi,
  PropelAuthApiError,
  PropelAuthApiErrorFilter,
  PropelAuthModule,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { call } from '../../support/api-calls.js';
import {
  beforeTests,
  startApplication,
  type RunningApplication,
} from '../../support/application.js';
import { BACKEND_FAILURES, loseConnection } from '../../support/backend-failures.js';
import { stopLogClock } from '../../support/fake-timers.js';
import { API_KEY } from '../../support/project.js';
import { PropelAuthServer, type Answer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const { moduleOptions } = await TestIssuer.create();

@Controller()
class UsersController {
  constructor(readonly propelAuth: PropelAuthApi) {}

  @Post('users')
  create() {
    return call(this.propelAuth, 'createUser');
  }

  @Post('challenge')
  challenge() {
    return call(this.propelAuth, 'verifyStepUpTotpChallenge');
  }

  @Get('employees/:id')
  employee() {
    return this.propelAuth.fetchEmployeeById('no-id');
  }

  @Get('unreachable')
  unreachable() {
    throw new PropelAuthApiError('unreachable', 'fetchOrg', { retryAfterSeconds: 30 });
  }

  @Get('other')
  other() {
    throw new Error('Something else');
  }

  @Get('late')
  late(@Res() response: { raw?: ServerResponse }) {
    (response.raw ?? (response as ServerResponse)).write('too late');
    throw new PropelAuthApiError('timeout', 'createUser');
  }
}

@Controller()
@UseFilters(PropelAuthApiErrorFilter)
class FilteredController extends UsersController {}

const propelAuth = await PropelAuthServer.start();

const logger = new RecordingLogger();

beforeEach(() => {
  logger.lines.length = 0;
  // A line is logged once a minute.
  stopLogClock();
});

function start(
  metadata: ModuleMetadata,
  prepare: (app: INestApplication) => unknown = () => {},
  debugMode = false,
): Promise<RunningApplication> {
  const imports = [PropelAuthModule.forRoot({ ...moduleOptions, debugMode })];
  return startApplication({ controllers: [UsersController], ...metadata, imports }, (app) => {
    app.useLogger(logger);
    prepare(app);
  });
}

const asProvider = { providers: [{ provide: APP_FILTER, useClass: PropelAuthApiErrorFilter }] };

describe('PropelAuthApiErrorFilter', () => {
  const application = beforeTests(() =>
    start({}, (app) => app.useGlobalFilters(new PropelAuthApiErrorFilter())),
  );

  const post = (path: string, answer: Answer, { url } = application) => {
    propelAuth.answers(answer);
    return request(url).post(path);
  };

  it.each<[string, () => RunningApplication | Promise<RunningApplication>]>([
    ['useGlobalFilters', () => application],
    ['APP_FILTER', () => start(asProvider)],
    ['@UseFilters', () => start({ controllers: [FilteredController] })],
  ])('returns the status if it is registered with %s', async (_how, starting) => {
    const answer = { status: 429, body: { wait_seconds: 7 } };
    const response = await post('/users', answer, await starting());
    expect(response.status).toBe(429);
    expect(response.headers['retry-after']).toBe('7');
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.body).toEqual({ message: 'Too Many Requests', statusCode: 429 });
  });

  it.each(BACKEND_FAILURES)(
    'returns only the status of %s',
    async (_what, answer, status, message) => {
      const response = await post('/users', answer);
      expect(response.status).toBe(status);
      expect(response.body).toEqual({ message, statusCode: status });
      expect(response.headers).not.toHaveProperty('retry-after');
      expect(logger.text).not.toContain(API_KEY);
    },
  );

  it('sends Retry-After with every status', async () => {
    await request(application.url).get('/unreachable').expect(503).expect('Retry-After', '30');
  });

  it('returns 404 for an employee who does not exist', async () => {
    const response = await request(application.url).get('/employees/1');
    expect(response.status).toBe(404);
    expect(response.body).toEqual({ message: 'Not Found', statusCode: 404 });
  });

  const wrongCode = { status: 400, body: { error_code: 'incorrect_mfa_code' } };
  const noSecondFactor = { status: 400, body: { error_code: 'mfa_not_enabled' } };

  it.each<[string, Answer, number]>([
    ['a wrong code', wrongCode, 400],
    ['a user without a second factor', noSecondFactor, 400],
    [
      'a 429, which the client does not distinguish',
      { status: 429, body: { wait_seconds: 7 } },
      502,
    ],
    ['a broken connection', loseConnection, 503],
  ])('returns the status of %s for a step-up challenge', async (_what, answer, status) => {
    expect((await post('/challenge', answer)).status).toBe(status);
  });

  it('explains under debugMode why a step-up challenge failed', async () => {
    for (const debugMode of [true, false]) {
      const debugged = await start(asProvider, undefined, debugMode);
      for (const [answer, reason] of [
        [wrongCode, 'step_up_code_invalid'],
        [noSecondFactor, 'mfa_not_enabled'],
      ] as const) {
        expect((await post('/challenge', answer, debugged)).body).toEqual({
          message: 'Bad Request',
          statusCode: 400,
          ...(debugMode ? { reason } : {}),
        });
      }
    }
  });

  it.each<[string, Answer, RegExp]>([
    ['a wrong key', { status: 401 }, /apiKey is not an API key of this PropelAuth project/],
    ['a failure', { status: 500 }, /PropelAuth returned an unexpected response to createUser/],
    [
      'a broken connection',
      loseConnection,
      /connection to PropelAuth failed for createUser .* may have taken effect/,
    ],
  ])('logs the message of %s', async (_what, answer, message) => {
    await post('/users', answer);
    expect(logger.of('error')).toHaveLength(1);
    expect(logger.text).toMatch(message);
  });

  it.each([400, 429])('does not log a status below 500: %d', async (status) => {
    expect((await post('/users', { status })).status).toBe(status);
    expect(logger.of('error')).toEqual([]);
  });

  it('ends a response that has already begun', async () => {
    const response = await request(application.url).get('/late');
    expect(response.status).toBe(200);
    expect(response.text).toBe('too late');
    expect(logger.of('error')).toHaveLength(1);
  });

  it('ignores other errors', async () => {
    const response = await request(application.url).get('/other').expect(500);
    expect(response.body).toEqual({ message: 'Internal server error', statusCode: 500 });
  });

  it('rethrows the error for other types of calls', () => {
    const host = new ExecutionContextHost([]);
    host.setType('something else');
    const error = new PropelAuthApiError('timeout', 'createUser');
    const respond = jest.spyOn(host, 'switchToHttp');
    expect(() => new PropelAuthApiErrorFilter().catch(error, host)).toThrow(error);
    expect(respond).not.toHaveBeenCalled();
  });
});

describe('Without PropelAuthApiErrorFilter', () => {
  it('Nest returns 500 without details for every failed call', async () => {
    const { url } = await start({});
    for (const answer of [{ status: 400 }, { status: 401 }, { status: 429 }, loseConnection]) {
      propelAuth.answers(answer);
      for (const path of ['/users', '/challenge']) {
        const response = await request(url).post(path);
        expect(response.status).toBe(500);
        expect(response.body).toEqual({ message: 'Internal server error', statusCode: 500 });
      }
    }
  });
});
