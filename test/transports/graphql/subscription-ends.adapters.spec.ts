import type { IncomingMessage } from 'node:http';
import { Injectable, Scope, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Resolver, Subscription } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { WebSocket } from 'ws';
import { asInYoga, codesOf, graphqlModule, type Connection } from '../../support/graphql.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { CLOSE, DeafClient } from './deaf-client.js';
import { NewsApplication, NewsClient } from './news-application.js';
import { News, NewsDesk } from './news.resolver.js';

const NEWS = 'news { title }';

/** How events come: from an iterator, through Nest's filter, from a generator. */
const KINDS = ['news', 'filteredNews', 'generatedNews'];

const WITHOUT_LIVE_ACCESS = { plugins: [], clockToleranceSeconds: 0 };

/** Expires before graphql-ws sends its first ping, for whose answer it would not wait. */
const SHORT_LIVED = { expiresInSeconds: 10 };

/** A client whose tokens are short-lived. */
function connectShortly(application: NewsApplication): NewsClient {
  const { userId, token } = application.addUser();
  return application.connect({ userId, token: () => token(SHORT_LIVED) });
}

const tenant = () => ({ tenant: 'acme' });
const tenantAndWebSocket = (socket: WebSocket) => ({ tenant: 'acme', extra: { socket } });

function moduleWithOwnContext(): DynamicModule {
  const common = { autoSchemaFile: true, fieldResolverEnhancers: ['guards' as const] };
  return globalThis.HTTP_ADAPTER === 'fastify'
    ? GraphQLModule.forRoot<MercuriusDriverConfig>({
        ...common,
        driver: MercuriusDriver,
        subscription: { context: tenantAndWebSocket, onConnect: tenant },
      })
    : GraphQLModule.forRoot<ApolloDriverConfig>({
        ...common,
        driver: ApolloDriver,
        graphiql: false,
        context: tenant,
        subscriptions: { 'graphql-ws': { onConnect: tenant } },
      });
}

describe('A subscription under liveAccess', () => {
  const application = NewsApplication.beforeTests();

  it.each([
    NEWS,
    'filteredNews { title }',
    'generatedNews { title }',
    'newsForVisitors { title }',
    `orgNews(orgId: "${GLOBEX_ID}") { title }`,
  ])('ends when the access of its user changes, and its client reconnects: %s', async (field) => {
    const client = application.connect();
    const subscription = await application.subscribe(client, field);
    application.desk.publish('first');
    await until(() => subscription.data.length === 1);
    await application.send({ user_id: client.userId });
    await until(() => client.connections === 2 && application.openStreams === 1);
    application.desk.publish('second');
    await until(() => subscription.data.length === 2);
    const [name] = field.split(/\W/);
    expect(subscription.data).toEqual([
      { [name!]: { title: 'first' } },
      { [name!]: { title: 'second' } },
    ]);
    expect(client.closeCodes).toEqual([4403]);
  });

  it.each([
    ['user.disabled', NEWS, 'UNAUTHENTICATED'],
    ['user.deleted', NEWS, 'UNAUTHENTICATED'],
    ['user.removed_from_org', `orgNews(orgId: "${ACME_ID}") { title }`, 'FORBIDDEN'],
  ])('ends at %s, and cannot be opened again: %s gets %s', async (event, field, code) => {
    const client = application.connect();
    const { userId } = client;
    const subscription = await application.subscribe(client, field);
    if (code === 'FORBIDDEN') await application.api.removeUserFromOrg({ orgId: ACME_ID, userId });
    await application.send({ user_id: userId, org_id: ACME_ID }, event);
    await until(() => subscription.isOver);
    expect(client.closeCodes[0]).toBe(4403);
    expect(codesOf(subscription)).toEqual([code]);
    expect(subscription.data).toEqual([]);
    expect(application.openStreams).toBe(0);
  });

  it('ends when its organization is deleted, while those of other organizations stay open', async () => {
    const initech = { orgId: '7d6f2f0e-5c0a-4b7e-9a51-0f6a6f7c1b2d', orgName: 'Initech' };
    const ofDeleted = application.connect(application.addUser([{ ...initech, role: 'Admin' }]));
    const ofOther = application.connect();
    const ended = await application.subscribe(
      ofDeleted,
      `orgNews(orgId: "${initech.orgId}") { title }`,
    );
    const other = await application.subscribe(ofOther, `orgNews(orgId: "${GLOBEX_ID}") { title }`);
    await application.send({ org_id: initech.orgId }, 'org.deleted');
    await until(() => ended.isOver);
    expect(codesOf(ended)).toEqual(['FORBIDDEN']);
    application.desk.publish('news');
    await until(() => other.data.length === 1);
    expect([ofDeleted.closeCodes[0], ...ofOther.closeCodes]).toEqual([4403]);
  });

  it('with an API key ends when the user of the key loses access', async () => {
    const user = application.addUser();
    const { apiKeyToken } = await application.api.createApiKey({ userId: user.userId });
    const headers = { 'x-api-key': apiKeyToken };
    const client = new NewsClient(application, user.userId, async () => ({}), headers);
    await application.subscribe(client, 'newsForScripts { title }');
    await application.send({ user_id: user.userId });
    await until(() => client.connections === 2 && application.openStreams === 1);
    expect(client.closeCodes).toEqual([4403]);
  });

  it('ends with all others of its connection, and each continues over the next', async () => {
    const client = application.connect();
    const subscriptions = [
      await application.subscribe(client),
      await application.subscribe(client, `orgNews(orgId: "${GLOBEX_ID}") { title }`),
      await application.subscribe(client, 'publicNews { title }'),
    ];
    await application.send({ user_id: client.userId });
    await until(() => client.connections === 2 && application.desk.listeners === 3);
    application.desk.publish('news');
    await until(() => subscriptions.every(({ data }) => data.length === 1));
    expect(client.closeCodes).toEqual([4403]);
  });

  it.each([
    ['the decision', `orgNews(orgId: "${GLOBEX_ID}") { title }`],
    ['the handler', 'lateNews { title }'],
  ])('ends at once if access changes during %s', async (_what, field) => {
    useFakeTimers();
    const { wait, release } = application.pause();
    const client = application.connect();
    client.subscribe(`subscription { ${field} }`);
    await wait;
    await application.send({ user_id: client.userId });
    release();
    await until(() => {
      // Time stands still.
      jest.advanceTimersByTime(0);
      return client.closeCodes.length > 0;
    });
    expect(client.closeCodes[0]).toBe(4403);
  });

  it('sends nothing if access changes before it begins, however much data its source has', async () => {
    const { wait, release } = application.pause();
    const client = application.connect();
    const subscription = client.subscribe('subscription { manyNews { title } }');
    await wait;
    await application.send({ user_id: client.userId }, 'user.disabled');
    release();
    await until(() => subscription.isOver);
    expect(subscription.data).toEqual([]);
    expect(client.closeCodes[0]).toBe(4403);
  });

  it('decides guarded fields with the current access, for each event', async () => {
    const client = application.connect();
    const { userId } = client;
    const subscription = await application.subscribe(client, 'publicNews { draft }');
    application.desk.publish('first');
    await until(() => subscription.data.length === 1);
    await application.api.changeUserRoleInOrg({ orgId: ACME_ID, userId, role: 'Member' });
    await application.send({ user_id: userId });
    application.desk.publish('second');
    await until(() => subscription.data.length === 2);
    expect(subscription.data).toEqual([
      { publicNews: { draft: 'Draft of first' } },
      { publicNews: { draft: null } },
    ]);
    expect(codesOf(subscription)).toEqual(['FORBIDDEN']);
    expect(client.closeCodes).toEqual([]);
  });
});

@Resolver()
class MadeResolver {
  constructor(readonly desk: NewsDesk) {}

  @Subscription(() => News, { name: 'madeNews', resolve: ([news]: [News]) => news })
  news() {
    return this.desk.news();
  }
}

/** Nest finds nothing on the function that it calls. Under a rule, its calls would be rejected before. */
@Injectable({ scope: Scope.REQUEST })
@Resolver()
class BoundResolver {
  constructor(private readonly desk: NewsDesk) {
    this.boundNews = this.boundNews.bind(this);
  }

  @Subscription(() => News)
  boundNews() {
    return this.desk.news();
  }
}

const MADE = {
  provide: 'MADE',
  inject: [NewsDesk],
  useFactory: (desk: NewsDesk) => new MadeResolver(desk),
};

/** Over Apollo, the application creates the context. */
const contextWith = (context: (connection: Connection) => object): ModuleMetadata => ({
  imports: [graphqlModule({ context } as object)],
});

/** The headers that a client would have sent over HTTP. */
const headersOf = ({ connectionParams }: Connection) => ({
  headers: { authorization: connectionParams?.Authorization },
});

const OWN_CONTEXTS: [string, string, ModuleMetadata][] =
  globalThis.HTTP_ADAPTER === 'fastify'
    ? []
    : [
        ['with other data', NEWS, contextWith(() => ({ tenant: 'acme' }))],
        ['with the connection', NEWS, contextWith((connection) => connection)],
        [
          'with headers and the connection',
          NEWS,
          contextWith((connection) => ({ ...connection, req: headersOf(connection) })),
        ],
        ['as Yoga does', NEWS, contextWith(asInYoga)],
      ];

describe('A subscription under liveAccess, of an application', () => {
  it.each<[what: string, field: string, metadata: ModuleMetadata]>([
    ['that adds to the context of subscriptions', NEWS, { imports: [moduleWithOwnContext()] }],
    ['whose resolver a factory creates', 'madeNews { title }', { providers: [MADE] }],
    ...OWN_CONTEXTS,
  ])('%s, ends: the connection closes with 4403', async (_what, field, metadata) => {
    const options = { requireUserByDefault: field !== NEWS };
    const application = await NewsApplication.start(options, metadata);
    const client = application.connect();
    await application.subscribe(client, field);
    await application.send({ user_id: client.userId });
    await until(() => client.connections === 2 && application.openStreams === 1);
    expect(client.closeCodes).toEqual([4403]);
  });

  it('whose constructor has replaced the method, is rejected, because it could not be ended', async () => {
    const options = { requireUserByDefault: true };
    const application = await NewsApplication.start(options, { providers: [BoundResolver] });
    const subscription = await application.subscribe(application.connect(), 'boundNews { title }');
    expect(codesOf(subscription)).toEqual(['INTERNAL_SERVER_ERROR']);
  });

  it('sends nothing after its end to a client that ignores the close frame, and ends its connection three seconds later', async () => {
    useFakeTimers();
    const application = await NewsApplication.start();
    // After the start.
    jest.advanceTimersByTime(1);
    const { userId, token } = application.addUser();
    const client = await DeafClient.connect(application.running.url);
    client.send({ type: 'connection_init', payload: await token() });
    await until(() => client.frames.length === 1);
    const subscription = `subscription { ${NEWS} }`;
    client.send({ type: 'subscribe', id: '1', payload: { query: subscription } });
    await until(() => application.desk.listeners === 1);
    application.desk.publish('first');
    await until(() => client.frames.length === 2);
    await application.send({ user_id: userId });
    expect([application.openStreams, application.desk.listeners]).toEqual([0, 0]);
    client.send({ type: 'subscribe', id: '2', payload: { query: subscription } });
    application.desk.publish('second');
    await until(() => client.frames.length === 3);
    jest.advanceTimersByTime(2_999);
    expect(client.isClosed).toBe(false);
    jest.advanceTimersByTime(1);
    await until(() => client.isClosed);
    expect(client.frames.slice(2)).toEqual([CLOSE]);
    await until(() => application.openStreams === 0);
  });

  it('leaves nothing behind if its client uses one id for several, and disconnects', async () => {
    const application = await NewsApplication.start({}, { imports: [graphqlModule()] });
    const client = await DeafClient.connect(application.running.url);
    client.send({ type: 'connection_init', payload: await application.addUser().token() });
    await until(() => client.frames.length === 1);
    const payload = { query: `subscription { ${NEWS} }` };
    for (let count = 0; count < 5; count++) client.send({ type: 'subscribe', id: '1', payload });
    // graphql-ws closes the connection; Mercurius lets all of them begin.
    const begun = globalThis.HTTP_ADAPTER === 'fastify' ? 5 : 0;
    await until(() => client.isClosed || application.desk.listeners === begun);
    client.disconnect();
    await until(() => application.desk.listeners === 0);
    expect(application.openStreams).toBe(0);
  });
});

/** Context values without the WebSocket, whose connection cannot be closed. */
const CONTEXTS_WITHOUT_WEB_SOCKET: [string, DynamicModule][] =
  globalThis.HTTP_ADAPTER === 'fastify'
    ? [['as Mercurius makes it', graphqlModule()]]
    : [
        ['with only the headers', moduleWithRequest(({ headers }) => ({ headers }))],
        ['with the request that opened the connection', moduleWithRequest((request) => request)],
      ];

/** Apollo, with a context value that the application makes itself. */
function moduleWithRequest(requestOf: (request: IncomingMessage) => object): DynamicModule {
  const context = ({ req, extra }: Connection) => ({ req: req ?? requestOf(extra!.request) });
  return graphqlModule({ context } as object);
}

/** A client that sends its token wherever the application looks for it. */
async function connectTo(application: NewsApplication, options = {}): Promise<NewsClient> {
  const user = application.addUser();
  return application.connect(user, await user.token(options));
}

describe.each(CONTEXTS_WITHOUT_WEB_SOCKET)(
  'A subscription under a context %s',
  (_which, graphql) => {
    const application = NewsApplication.beforeTests({}, { imports: [graphql] });

    it.each(KINDS)(
      'ends with UNAUTHENTICATED when access changes, and others of its connection continue: %s',
      async (name) => {
        const client = await connectTo(application);
        const ofEveryone = await application.subscribe(client, 'publicNews { title }');
        const subscription = await application.subscribe(client, `${name} { title }`);
        application.desk.publish('first');
        await until(() => subscription.data.length === 1);
        await application.send({ user_id: client.userId });
        expect(application.openStreams).toBe(0);
        application.desk.publish('second');
        await until(() => subscription.isOver && ofEveryone.data.length === 2);
        await until(() => application.desk.listeners === 1);
        expect(codesOf(subscription)).toEqual(['UNAUTHENTICATED']);
        expect(subscription.errors[0]).toMatchObject({
          extensions: { errorCode: 'token_invalid', reason: 'token_revoked' },
        });
        expect(subscription.data).toEqual([{ [name]: { title: 'first' } }]);
        expect([client.connections, ...client.closeCodes]).toEqual([1]);
      },
    );

    it.each([
      ['the decision', `orgNews(orgId: "${GLOBEX_ID}") { title }`],
      ['the handler', 'lateNews { title }'],
      ['the handler, however much data its source has', 'manyNews { title }'],
    ])('sends nothing if access changes during %s', async (_what, field) => {
      const client = await connectTo(application);
      const { wait, release } = application.pause();
      const subscription = client.subscribe(`subscription { ${field} }`);
      await wait;
      await application.send({ user_id: client.userId }, 'user.disabled');
      release();
      await until(() => subscription.isOver);
      expect(codesOf(subscription)).toEqual(['UNAUTHENTICATED']);
      expect(subscription.data).toEqual([]);
    });
  },
);

describe('A subscription whose token expires', () => {
  it('ends, and its client reconnects with a new one', async () => {
    const application = await NewsApplication.start(WITHOUT_LIVE_ACCESS);
    useFakeTimers();
    const client = connectShortly(application);
    const subscription = await application.subscribe(client);
    jest.advanceTimersByTime(8_000);
    application.desk.publish('first');
    await until(() => subscription.data.length === 1);
    expect(client.closeCodes).toEqual([]);
    jest.advanceTimersByTime(2_000);
    await until(() => client.connections === 2 && application.openStreams === 1);
    application.desk.publish('second');
    await until(() => subscription.data.length === 2);
    expect(client.closeCodes).toEqual([4403]);
  });

  it('continues with endStreamsAtExpiry: false', async () => {
    const options = { ...WITHOUT_LIVE_ACCESS, endStreamsAtExpiry: false };
    const application = await NewsApplication.start(options);
    useFakeTimers();
    const client = connectShortly(application);
    const subscription = await application.subscribe(client);
    jest.advanceTimersByTime(11_000);
    application.desk.publish('news');
    await until(() => subscription.data.length === 1);
    expect([client.connections, ...client.closeCodes]).toEqual([1]);
  });

  it.each(CONTEXTS_WITHOUT_WEB_SOCKET)(
    'ends with token_expired under a context %s, and cannot be opened again over the connection',
    async (_which, graphql) => {
      const application = await NewsApplication.start(WITHOUT_LIVE_ACCESS, { imports: [graphql] });
      const client = await connectTo(application, SHORT_LIVED);
      useFakeTimers();
      const subscription = await application.subscribe(client);
      jest.advanceTimersByTime(10_000);
      application.desk.publish('late');
      await until(() => subscription.isOver);
      const again = await application.subscribe(client);
      await until(() => again.isOver);
      for (const { data, errors } of [subscription, again]) {
        expect(data).toEqual([]);
        expect(errors).toMatchObject([{ extensions: { reason: 'token_expired' } }]);
      }
    },
  );
});

describe('A subscription', () => {
  const application = NewsApplication.beforeTests();

  it.each([
    ['news', 1_000],
    ['filteredNews', 100],
    ['generatedNews', 100],
  ])(
    'is no longer tracked after its client or its source ends it: %s, %i over one connection',
    async (name, count) => {
      const client = application.connect();
      const query = `subscription { ${name} { title } }`;
      const subscriptions = Array.from({ length: count }, () => client.subscribe(query));
      await until(() => application.openStreams === count);
      for (const subscription of subscriptions.slice(count / 2)) subscription.stop();
      await until(() => {
        // The filters of Mercurius do not notice before the next event that they let through.
        if (name === 'filteredNews') application.desk.publish('news');
        return application.openStreams === count / 2;
      });
      application.desk.publish('news');
      await until(() => subscriptions[0]!.data.length > 0);
      application.desk.close();
      await until(() => application.openStreams === 0);
      // The client itself closes a connection that it needs no more.
      expect(client.closeCodes.filter((code) => code !== 1_000)).toEqual([]);
    },
    60_000,
  );

  it('is no longer tracked after its connection closes, even while its source waits for an event', async () => {
    const client = application.connect();
    for (const name of KINDS) await application.subscribe(client, `${name} { title }`);
    expect(application.openStreams).toBe(KINDS.length);
    await client.dispose();
    await until(() => application.openStreams === 0);
  });

  it.each([
    ['stops it', true],
    ['disconnects', false],
  ])('leaves nothing behind if its client %s before it begins', async (_what, isConnected) => {
    const client = application.connect();
    await until(() => application.desk.listeners === 0);
    await application.subscribe(client);
    const { wait, release } = application.pause();
    const late = client.subscribe('subscription { lateNews { title } }');
    await wait;
    if (isConnected) late.stop();
    else await client.dispose();
    const remaining = isConnected ? 1 : 0;
    await until(() => application.openStreams === remaining);
    release();
    // It begins, and ends with that.
    await new Promise((resolve) => setImmediate(resolve));
    await until(() => application.desk.listeners === remaining);
    expect(application.openStreams).toBe(remaining);
  });

  it('leaves nothing behind if it is rejected, or fails before it begins', async () => {
    const client = application.connect();
    for (const field of ['rejectedNews { title }', 'failedNews { title }']) {
      const subscription = await application.subscribe(client, field);
      await until(() => subscription.isOver);
      expect(subscription.errors).toHaveLength(1);
      expect(application.openStreams).toBe(0);
    }
  });
});
