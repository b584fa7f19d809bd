import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { GqlExecutionContext, Query, Resolver, type GqlModuleOptions } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  RequireCaller,
  RequireUser,
  RequireUserOrApiKey,
  tokenFromCookie,
  type CallerKind,
  type TokenSource,
} from 'nestjs-propelauth';
import supertest from 'supertest';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { graphqlModule, type GraphqlAnswer } from '../support/graphql.js';
import { alice, headersOf } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';

/** Trackers with a token in a cookie. It notes what it is asked, and is wrong about two tokens. */
@Injectable()
class TrackerTokens implements CallerKind<{ id: string }> {
  readonly name = 'tracker';
  readonly credential = [{ cookie: 'tracker' }];
  readonly asked: string[] = [];

  identify(token: string) {
    this.asked.push(token);
    if (token === 'broken') throw new Error('The database is gone');
    if (token === 'wrong') return true as never;
    return token === 'tracker-1' ? { id: '1' } : undefined;
  }

  key({ id }: { id: string }) {
    return id;
  }
}

/** Throws for junk, and its message quotes it. */
const tokenInJson: TokenSource = (context) => {
  const { req, reply } = GqlExecutionContext.create(context).getContext<{
    req?: IncomingMessage;
    reply?: { request: IncomingMessage };
  }>();
  return JSON.parse(String((req ?? reply?.request)?.headers['x-token'])) as string;
};

@Resolver()
class TrackersResolver {
  @Query(() => String, { nullable: true })
  @RequireCaller('tracker')
  tracker() {
    return 'reached';
  }

  @Query(() => String, { nullable: true })
  @RequireUser({ tokenSource: tokenFromCookie('session') })
  session() {
    return 'reached';
  }

  @Query(() => String, { nullable: true })
  @RequireUser({ tokenSource: tokenInJson })
  json() {
    return 'reached';
  }

  @Query(() => String, { nullable: true })
  @RequireUserOrApiKey()
  either() {
    return 'reached';
  }
}

/** Several operations in one HTTP request: the option of Apollo, and that of Mercurius. */
const BATCHES = { allowBatchedHttpRequests: true, allowBatchedQueries: true } as GqlModuleOptions;

let decisions = 0;
let trustedHops = 0;
const logger = new RecordingLogger();
const application = await startGuarded(
  { imports: [graphqlModule(BATCHES)], providers: [TrackerTokens, TrackersResolver] },
  { callerKinds: [TrackerTokens], onDecision: () => void decisions++ },
  (app) => {
    app.useLogger(logger);
    if (globalThis.HTTP_ADAPTER === 'fastify') return;
    (app as NestExpressApplication).set('trust proxy', () => ++trustedHops > 0);
  },
);
const kind = application.app.get(TrackerTokens);

const FIELDS = 100;
const OWN = { Origin: 'https://api.example.com', Host: 'api.example.com' };

function aliases(field: string): string {
  return `{ ${Array.from({ length: FIELDS }, (_, index) => `a${index}: ${field}`).join(' ')} }`;
}

async function post(
  operations: object,
  headers: Record<string, string>,
): Promise<GraphqlAnswer | GraphqlAnswer[]> {
  const sent = supertest(application.url)
    .post('/graphql')
    .set({ ...OWN, ...headers });
  const { body } = await sent.send(operations);
  return body as GraphqlAnswer | GraphqlAnswer[];
}

/** How often a header is taken apart while one request is handled. */
async function splitsOf(header: string, send: () => Promise<unknown>): Promise<number> {
  const split = jest.spyOn(String.prototype, 'split');
  try {
    await send();
    return split.mock.contexts.filter((text) => String(text) === header).length;
  } finally {
    split.mockRestore();
  }
}

beforeEach(() => {
  kind.asked.length = 0;
  logger.lines.length = 0;
  decisions = trustedHops = 0;
});

describe('However many fields a query has', () => {
  it.each(['tracker', 'session'])('its cookies are read once: %s', async (field) => {
    const cookies = `tracker=tracker-1; session=${await issuer.accessToken(alice)}${';'.repeat(9_000)}`;
    const send = async () => {
      const answer = await post({ query: aliases(field) }, { Cookie: cookies });
      expect(answer).toMatchObject({ data: { a0: 'reached', [`a${FIELDS - 1}`]: 'reached' } });
    };
    expect(await splitsOf(cookies, send)).toBeLessThan(5);
  });

  it('a Bearer text that is no token is not taken apart for each', async () => {
    const text = '.'.repeat(9_000);
    const send = () => post({ query: aliases('either') }, { Authorization: `Bearer ${text}` });
    expect(await splitsOf(text, send)).toBeLessThan(5);
  });

  if (globalThis.HTTP_ADAPTER !== 'fastify') {
    it('the address of its client is read once', async () => {
      const hops = Array.from({ length: 50 }, () => '192.0.2.1').join(', ');
      const headers = { 'X-Forwarded-For': hops, ...(await headersOf(issuer, alice)) };
      await post({ query: aliases('either') }, headers);
      expect(decisions).toBe(FIELDS);
      // Once by this package, and perhaps by Express and GraphQL.
      expect(trustedHops).toBeLessThan(5 * 51);
    });
  }
});

describe('A kind of callers of the application', () => {
  const batch = Array.from({ length: 20 }, () => ({ query: aliases('tracker') }));

  it.each([
    ['that it knows', 'tracker-1', 0],
    ['that it does not know', 'junk', FIELDS],
  ])('is asked once by a request about a token %s', async (_which, token, rejected) => {
    const answers = (await post(batch, { Cookie: `tracker=${token}` })) as GraphqlAnswer[];
    expect(answers.map(({ errors = [] }) => errors.length)).toEqual(batch.map(() => rejected));
    expect(kind.asked).toEqual([token]);
  });

  it.each([
    ['throws', 'broken', "identify() of the kind of callers 'tracker' failed"],
    ['returns no caller', 'wrong', "identify() of the kind of callers 'tracker' did not return"],
  ])(
    'that %s lets nobody in, and writes one error for a request, and for all of a minute',
    async (_what, token, problem) => {
      for (let count = 0; count < 3; count++) {
        const answers = (await post(batch, { Cookie: `tracker=${token}` })) as GraphqlAnswer[];
        expect(answers.map(({ errors = [] }) => errors.length)).toEqual(batch.map(() => FIELDS));
        expect(JSON.stringify(answers).includes('database')).toBe(false);
      }
      const errors = logger.of('error');
      expect(errors).toEqual([expect.stringContaining(problem)]);
      expect(errors[0]).not.toContain('The database is gone');
    },
  );
});

describe('A tokenSource that throws', () => {
  it('lets nobody in, and writes one error that does not quote what it has read', async () => {
    const answer = await post({ query: aliases('json') }, { 'X-Token': 'SECRET' });
    expect((answer as GraphqlAnswer).errors).toHaveLength(FIELDS);
    expect(JSON.stringify(answer).includes('SECRET')).toBe(false);
    expect(logger.of('error')).toEqual([expect.stringContaining('A tokenSource failed')]);
    expect(logger.text).not.toContain('SECRET');
  });
});
