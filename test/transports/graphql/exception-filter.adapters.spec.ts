import { APP_FILTER } from '@nestjs/core';
import { Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  PropelAuthApi,
  PropelAuthApiErrorFilter,
  PropelAuthModule,
  Public,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { call } from '../../support/api-calls.js';
import { beforeTests, startApplication } from '../../support/application.js';
import { BACKEND_FAILURES } from '../../support/backend-failures.js';
import { stopLogClock } from '../../support/fake-timers.js';
import { graphqlModule, send } from '../../support/graphql.js';
import { API_KEY } from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const { moduleOptions } = await TestIssuer.create();

@Resolver()
class UsersResolver {
  constructor(private readonly propelAuth: PropelAuthApi) {}

  @Query(() => String)
  @Public()
  other(): string {
    throw new Error('Something else');
  }

  @Mutation(() => String)
  @Public()
  create() {
    return call(this.propelAuth, 'createUser');
  }

  @Mutation(() => String)
  @Public()
  employee() {
    return this.propelAuth.fetchEmployeeById('no-id');
  }
}

/** What GraphQL has in the place of a status. */
const CODES: Record<number, string> = {
  400: 'BAD_REQUEST',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
};

const propelAuth = await PropelAuthServer.start();

describe('PropelAuthApiErrorFilter on a resolver', () => {
  const logger = new RecordingLogger();
  const application = beforeTests(() =>
    startApplication(
      {
        imports: [PropelAuthModule.forRoot(moduleOptions), graphqlModule()],
        providers: [UsersResolver, { provide: APP_FILTER, useClass: PropelAuthApiErrorFilter }],
      },
      (app) => app.useLogger(logger),
    ),
  );

  beforeEach(() => {
    logger.lines.length = 0;
    stopLogClock();
  });

  it.each(BACKEND_FAILURES)(
    'returns only the status of %s',
    async (_what, answer, status, message) => {
      propelAuth.answers(answer);
      const { errors } = await send(application, 'mutation { create }');
      expect(errors).toHaveLength(1);
      expect(errors?.[0]).toMatchObject({
        message,
        path: ['create'],
        extensions: { code: CODES[status] },
      });
      expect(JSON.stringify(errors)).not.toMatch(/createUser|email/);
      expect(JSON.stringify(errors)).not.toContain(API_KEY);
      expect(logger.of('error')).toHaveLength(status >= 500 ? 1 : 0);
      expect(logger.text).not.toContain(API_KEY);
    },
  );

  it.each([
    [
      'names the missing resource',
      'mutation { employee }',
      { message: 'Not Found', extensions: { code: 'NOT_FOUND' } },
    ],
    ['leaves other errors to other filters', '{ other }', { message: 'Something else' }],
  ])('%s', async (_what, operation, error) => {
    const { errors } = await send(application, operation);
    expect(errors?.[0]).toMatchObject(error);
  });
});
