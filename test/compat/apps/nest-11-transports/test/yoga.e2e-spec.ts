import { YogaDriver, type YogaDriverConfig } from '@graphql-yoga/nestjs';
import type { INestApplication } from '@nestjs/common';
import { GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { createClient } from 'graphql-ws';
import { CurrentUser, PropelAuthModule, RequireUser } from 'nestjs-propelauth';
import { WebSocket } from 'ws';
import { askGraphql, bearer } from './clients';
import { listen } from './http';
import { accessToken, accessTokenOf, environment } from './issuer';

@Resolver()
class MeResolver {
  @Query(() => String)
  @RequireUser()
  me(@CurrentUser('userId') userId: string) {
    return userId;
  }

  @Subscription(() => String, { resolve: (userId: string) => userId })
  @RequireUser()
  async *mine(@CurrentUser('userId') userId: string) {
    yield userId;
  }
}

function start(): Promise<INestApplication> {
  return listen(async () => {
    const moduleRef = await Test.createTestingModule({
      imports: [
        PropelAuthModule.forRoot({
          authUrl: environment.PROPELAUTH_AUTH_URL,
          apiKey: environment.PROPELAUTH_API_KEY,
          manualTokenVerificationMetadata: {
            issuer: environment.PROPELAUTH_AUTH_URL,
            verifierKey: environment.PROPELAUTH_VERIFIER_KEY,
          },
          debugMode: true,
        }),
        GraphQLModule.forRoot<YogaDriverConfig>({
          driver: YogaDriver,
          autoSchemaFile: true,
          subscriptions: { 'graphql-ws': true },
        }),
      ],
      providers: [MeResolver],
    }).compile();
    return moduleRef.createNestApplication({ logger: false });
  });
}

/** The first result of an operation over graphql-ws, or the message and code of its error. */
async function askOverWebSocket(
  app: INestApplication,
  query: string,
  connectionParams?: Record<string, unknown>,
  headers: Record<string, string> = {},
) {
  const client = createClient({
    url: `${(await app.getUrl()).replace('http', 'ws')}/graphql`,
    connectionParams,
    retryAttempts: 0,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers });
      }
    },
  });
  try {
    for await (const { data, errors } of client.iterate({ query })) {
      return data ?? errors?.map(({ message, extensions }) => [message, extensions?.code]);
    }
  } catch (errors) {
    return (errors as { message: string; extensions?: { code?: string } }[]).map(
      ({ message, extensions }) => [message, extensions?.code],
    );
  } finally {
    await client.dispose();
  }
}

describe('GraphQL Yoga', () => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.close());

  it('has the token in the header of a request', async () => {
    expect(await askGraphql(app, '{ me }', bearer(accessToken()))).toEqual({
      data: { me: 'alice' },
      errors: [],
    });
    expect((await askGraphql(app, '{ me }')).errors).toEqual([[['me'], 'UNAUTHENTICATED']]);
  });

  it.each(['{ me }', 'subscription { mine }'])(
    'has it in the connection parameters or the opening request: %s',
    async (query) => {
      const authorization = `Bearer ${accessToken()}`;
      const seen = { [/\w+(?= })/.exec(query)![0]]: 'alice' };
      expect(await askOverWebSocket(app, query, { Authorization: authorization })).toEqual(seen);
      expect(await askOverWebSocket(app, query, undefined, { authorization })).toEqual(seen);
    },
  );

  it.each<[string, Record<string, unknown> | undefined, Record<string, string>]>([
    ['There is no', undefined, {}],
    ['There is no', {}, {}],
    ['There is not exactly one', { Authorization: 7 }, {}],
    [
      'There is not exactly one',
      { Authorization: `Bearer ${accessToken()}` },
      bearer(accessTokenOf('bob')),
    ],
  ])('says where the token was looked for: %s access token', async (what, parameters, headers) => {
    for (const query of ['{ me }', 'subscription { mine }']) {
      expect(await askOverWebSocket(app, query, parameters, headers)).toEqual([
        [
          `${what} access token in the connection parameter Authorization or the Authorization header of the opening request`,
          'UNAUTHENTICATED',
        ],
      ]);
    }
  });
});
