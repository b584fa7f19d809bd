import type { ServerResponse } from 'node:http';
import { Controller, Get, Post, Res, UseFilters, type INestApplication } from '@nestjs/common';
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
import { startApplication, type RunningApplication } from '../../support/application.js';
import { BACKEND_FAILURES, loseConnection } from '../../support/backend-failures.js';
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

describe('PropelAuthApiErrorFilter', () => {
  let logger: RecordingLogger;

  function start(
    prepare: (app: INestApplication) => unknown = () => {},
    metadata: { controllers?: Function[]; providers?: object[]; debugMode?: boolean } = {},
  ): Promise<RunningApplication> {
    logger = new RecordingLogger();
    return startApplication(
      {
        imports: [PropelAuthModule.forRoot({ ...moduleOptions, debugMode: metadata.debugMode })],
        controllers: (metadata.controllers ?? [UsersController]) as never,
        providers: (metadata.providers ?? []) as never,
      },
      (app) => {
        app.useLogger(logger);
        prepare(app);
      },
    );
  }

  const startWithFilter = () =>
    start((app) => app.useGlobalFilters(new PropelAuthApiErrorFilter()));

  const registrations: [string, () => Promise<RunningApplication>][] = [
    ['useGlobalFilters', startWithFilter],
    [
      'APP_FILTER',
      () =>
        start(undefined, {
          providers: [{ provide: APP_FILTER, useClass: PropelAuthApiErrorFilter }],
        }),
    ],
    ['@UseFilters', () => start(undefined, { controllers: [FilteredController] })],
  ];

  it.each(registrations)(
    'returns the status if it is registered with %s',
    async (_how, starting) => {
      const { url } = await starting();
      propelAuth.answers({ status: 429, body: { wait_seconds: 7 } });
      const response = await request(url).post('/users');
      expect(response.status).toBe(429);
      expect(response.headers['retry-after']).toBe('7');
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      expect(response.body).toEqual({ message: 'Too Many Requests', statusCode: 429 });
    },
  );

  it.each(BACKEND_FAILURES)(
    'returns only the status of %s',
    async (_what, answer, status, message) => {
      const { url } = await startWithFilter();
      propelAuth.answers(answer);
      const response = await request(url).post('/users');
      expect(response.status).toBe(status);
      expect(response.body).toEqual({ message, statusCode: status });
      expect(response.headers).not.toHaveProperty('retry-after');
      expect(logger.text).not.toContain(API_KEY);
    },
  );

  it('sends Retry-After with every status', async () => {
    const { url } = await startWithFilter();
    await request(url).get('/unreachable').expect(503).expect('Retry-After', '30');
  });

  it('returns 404 for an employee who does not exist', async () => {
    const { url } = await startWithFilter();
    const response = await request(url).get('/employees/1');
    expect(response.status).toBe(404);
    expect(response.body).toEqual({ message: 'Not Found', statusCode: 404 });
  });

  it.each<[string, Answer, number]>([
    ['a wrong code', { status: 400, body: { error_code: 'incorrect_mfa_code' } }, 400],
    [
      'a user without a second factor',
      { status: 400, body: { error_code: 'mfa_not_enabled' } },
      400,
    ],
    [
      'a 429, which the client does not distinguish',
      { status: 429, body: { wait_seconds: 7 } },
      502,
    ],
    ['a broken connection', loseConnection, 503],
  ])('returns the status of %s for a step-up challenge', async (_what, answer, status) => {
    const { url } = await startWithFilter();
    propelAuth.answers(answer);
    await request(url).post('/challenge').expect(status);
  });

  it.each([
    ['a wrong code', 'incorrect_mfa_code', 'step_up_code_invalid'],
    ['a user without a second factor', 'mfa_not_enabled', 'mfa_not_enabled'],
  ])(
    'explains under debugMode that a step-up challenge failed for %s',
    async (_what, code, reason) => {
      const challenge = async (debugMode: boolean) => {
        const { url } = await start(undefined, {
          providers: [{ provide: APP_FILTER, useClass: PropelAuthApiErrorFilter }],
          debugMode,
        });
        propelAuth.answers({ status: 400, body: { error_code: code } });
        const response = await request(url).post('/challenge');
        return response.body as object;
      };
      expect(await challenge(true)).toEqual({ message: 'Bad Request', statusCode: 400, reason });
      expect(await challenge(false)).toEqual({ message: 'Bad Request', statusCode: 400 });
    },
  );

  it.each<[string, Answer, RegExp]>([
    ['a wrong key', { status: 401 }, /apiKey is not an API key of this PropelAuth project/],
    ['a failure', { status: 500 }, /PropelAuth returned an unexpected response to createUser/],
    [
      'a broken connection',
      loseConnection,
      /connection to PropelAuth failed for createUser .* may have taken effect/,
    ],
  ])('logs the message of %s', async (_what, answer, message) => {
    const { url } = await startWithFilter();
    propelAuth.answers(answer);
    await request(url).post('/users');
    expect(logger.of('error')).toHaveLength(1);
    expect(logger.text).toMatch(message);
  });

  it.each([400, 429])('does not log a status below 500: %d', async (status) => {
    const { url } = await startWithFilter();
    propelAuth.answers({ status });
    await request(url).post('/users').expect(status);
    expect(logger.of('error')).toEqual([]);
  });

  it('ends a response that has already begun', async () => {
    const { url } = await startWithFilter();
    const response = await request(url).get('/late');
    expect(response.status).toBe(200);
    expect(response.text).toBe('too late');
    expect(logger.of('error')).toHaveLength(1);
  });

  it('ignores other errors', async () => {
    const { url } = await startWithFilter();
    const response = await request(url).get('/other').expect(500);
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
    const { url } = await startApplication({
      imports: [PropelAuthModule.forRoot(moduleOptions)],
      controllers: [UsersController],
    });
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
