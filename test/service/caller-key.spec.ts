import {
  Controller,
  Get,
  HttpException,
  HttpStatus,
  Injectable,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { PropelAuthService, RequireUserOrApiKey } from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import type { RunningApplication } from '../support/application.js';
import { Backend } from '../support/backend.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { graphqlModule, send } from '../support/graphql.js';
import { ACME_ID, alice, bob, headersOf, ROLES } from '../support/project.js';
import { PATIENCE, sized } from '../support/thorough.js';

const LIMIT = 3;

/**
 * A throttler where Nest's documentation puts it: a global guard of the root module, before ours. The real one is a CommonJS package, which
 * Jest cannot load beside Nest 12; the applications of test/compat and test/recipes have it.
 */
@Injectable()
class Throttler implements CanActivate {
  private readonly counts = new Map<string, number>();

  constructor(private readonly propelAuth: PropelAuthService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const key = await this.propelAuth.callerKey(context);
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count > LIMIT) throw new HttpException('Too Many Requests', HttpStatus.TOO_MANY_REQUESTS);
    return true;
  }
}

@Controller()
class ReportsController {
  @Get('reports')
  @RequireUserOrApiKey()
  list() {
    return {};
  }
}

@Resolver()
class ReportsResolver {
  @Query(() => String)
  @RequireUserOrApiKey()
  reports() {
    return 'reports';
  }
}

const backend = await Backend.start();

beforeEach(() => {
  backend.reset();
  backend.apiKeys.set('key-of-carol', {
    status: 200,
    body: { user: { user_id: 'user-carol', email: 'carol@example.com' } },
  });
  backend.apiKeys.set('key-of-acme', {
    status: 200,
    body: { org: { org_id: ACME_ID, name: 'Acme Inc', metadata: {} } },
  });
});

function start(): Promise<RunningApplication> {
  return startGuarded(
    {
      imports: [graphqlModule()],
      controllers: [ReportsController],
      providers: [ReportsResolver, { provide: APP_GUARD, useClass: Throttler }],
    },
    { apiKeys: { cacheSeconds: 60 } },
  );
}

type Call = (application: RunningApplication, headers: Record<string, string>) => Promise<boolean>;

/** Whether a call is let through by the throttler, whatever becomes of it then. */
const TRANSPORTS: [string, Call][] = [
  [
    'REST',
    async ({ url }, headers) => (await request(url).get('/reports').set(headers)).status !== 429,
  ],
  [
    'GraphQL',
    async (application, headers) => {
      const { errors = [] } = await send(application, '{ reports }', headers);
      return !errors.some(({ message }) => message.includes('Too Many Requests'));
    },
  ],
];

describe.each(TRANSPORTS)('A throttler with callerKey(), over %s,', (_name, call) => {
  /** How many of so many calls are let through. */
  async function passed(
    application: RunningApplication,
    headers: Record<string, string>,
    calls = LIMIT + 2,
  ) {
    let count = 0;
    for (let number = 0; number < calls; number++) {
      if (await call(application, headers)) count++;
    }
    return count;
  }

  it('counts users separately from each other and from their address', async () => {
    const application = await start();
    for (const user of [alice, bob]) {
      expect(await passed(application, await headersOf(issuer, user))).toBe(LIMIT);
    }
    expect(await passed(application, {})).toBe(LIMIT);
  });

  it('counts a user across tokens', async () => {
    const application = await start();
    const tokens = await Promise.all(
      [1, 2, 3, 4, 5].map((number) => headersOf(issuer, { ...alice, username: `${number}` })),
    );
    let count = 0;
    for (const headers of tokens) if (await call(application, headers)) count++;
    expect(count).toBe(LIMIT);
  });

  it('counts cached API keys separately from each other and from their address', async () => {
    const application = await start();
    // The first call of a key counts by address: nobody knows it yet.
    for (const key of ['key-of-carol', 'key-of-acme']) {
      expect(await passed(application, { 'x-api-key': key })).toBe(LIMIT + 1);
    }
    expect(await passed(application, {})).toBe(LIMIT - 2);
  });

  it(
    'sends no request for many invalid keys, which share the bucket of their address',
    async () => {
      const application = await start();
      expect(await passed(application, {})).toBe(LIMIT);
      for (let first = 0; first < sized(1_000); first += 50) {
        const keys = Array.from({ length: 50 }, (_, number) => `junk-${first + number}`);
        const passing = await Promise.all(
          keys.map((key) => call(application, { 'x-api-key': key })),
        );
        expect(passing).not.toContain(true);
      }
      expect(backend.bodies).toEqual([]);
      // Nor do forged tokens get a bucket of their own.
      const forged = await headersOf(await TestIssuer.create({ roles: ROLES }), alice);
      expect(await call(application, forged)).toBe(false);
      expect(await call(application, await headersOf(issuer, alice))).toBe(true);
    },
    PATIENCE,
  );
});
