import type { IncomingMessage } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { until, useFakeTimers } from '../../support/fake-timers.js';
import { WebSocket } from 'ws';
import { codesOf, graphqlModule } from '../../support/graphql.js';
import type { PropelAuthOptions } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import { CLOSE, DeafClient } from './deaf-client.js';
import { alice, aliceId, bob, NewsApplication, NewsClient, tokenOf } from './news-application.js';

const NEWS = 'news { title }';

/** How events come: from an iterator, through Nest's filter, from a generator. */
const KINDS = ['news', 'filteredNews', 'generatedNews'];

const WITHOUT_LIVE_ACCESS = { plugins: [], clockToleranceSeconds: 0 };

/** Expires before graphql-ws sends its first ping, for whose answer it would not wait. */
const shortLived = tokenOf(alice, { expiresInSeconds: 10 });

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
  it.each([
    NEWS,
    'filteredNews { title }',
    'generatedNews { title }',
    'newsForVisitors { title }',
    `orgNews(orgId: "${GLOBEX_ID}") { title }`,
  ])('ends when the access of its user changes, and its client reconnects: %s', async (field) => {
    const application = await NewsApplication.start();
    const client = new NewsClient(application, tokenOf(alice));
    const subscription = await application.subscribe(client, field);
    application.desk.publish('first');
    await until(() => subscription.data.length === 1);
    await application.send('user.role_changed_within_org');
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

  it.each(['user.disabled', 'user.deleted'])(
    'ends at %s, and its client gets UNAUTHENTICATED when it subscribes again',
    async (event) => {
      const application = await NewsApplication.start();
      const client = new NewsClient(application, tokenOf(alice));
      const subscription = await application.subscribe(client);
      await application.send(event);
      await until(() => subscription.isOver);
      expect(client.closeCodes[0]).toBe(4403);
      expect(codesOf(subscription)).toEqual(['UNAUTHENTICATED']);
      expect(subscription.data).toEqual([]);
      expect(application.openStreams).toBe(0);
    },
  );

  it('ends when its user is removed from the organization, and cannot be opened again', async () => {
    const application = await NewsApplication.start();
    const client = new NewsClient(application, tokenOf(alice));
    const subscription = await application.subscribe(
      client,
      `orgNews(orgId: "${ACME_ID}") { title }`,
    );
    await application.api.removeUserFromOrg({ orgId: ACME_ID, userId: aliceId });
    await application.send('user.removed_from_org', { user_id: aliceId, org_id: ACME_ID });
    await until(() => subscription.isOver);
    expect(client.closeCodes[0]).toBe(4403);
    expect(codesOf(subscription)).toEqual(['FORBIDDEN']);
  });

  it('ends when its organization is deleted, while those of other organizations stay open', async () => {
    const application = await NewsApplication.start();
    const ofAlice = new NewsClient(application, tokenOf(alice));
    const ofBob = new NewsClient(application, tokenOf(bob));
    const inAcme = await application.subscribe(ofAlice, `orgNews(orgId: "${ACME_ID}") { title }`);
    const inGlobex = await application.subscribe(ofBob, `orgNews(orgId: "${GLOBEX_ID}") { title }`);
    await application.send('org.deleted', { org_id: ACME_ID });
    await until(() => inAcme.isOver);
    expect(codesOf(inAcme)).toEqual(['FORBIDDEN']);
    application.desk.publish('news');
    await until(() => inGlobex.data.length === 1);
    expect([ofAlice.closeCodes[0], ...ofBob.closeCodes]).toEqual([4403]);
  });

  it('with an API key ends when the user of the key loses access', async () => {
    const application = await NewsApplication.start();
    const { apiKeyToken } = await application.api.createApiKey({ userId: aliceId });
    const headers = { 'x-api-key': apiKeyToken };
    const client = new NewsClient(application, async () => ({}), headers);
    await application.subscribe(client, 'newsForScripts { title }');
    await application.send('user.role_changed_within_org');
    await until(() => client.connections === 2 && application.openStreams === 1);
    expect(client.closeCodes).toEqual([4403]);
  });

  it('ends with all others of its connection, and each continues over the next', async () => {
    const application = await NewsApplication.start();
    const client = new NewsClient(application, tokenOf(alice));
    const subscriptions = [
      await application.subscribe(client),
      await application.subscribe(client, `orgNews(orgId: "${GLOBEX_ID}") { title }`),
      await application.subscribe(client, 'publicNews { title }'),
    ];
    await application.send('user.role_changed_within_org');
    await until(() => client.connections === 2 && application.desk.listeners === 3);
    application.desk.publish('news');
    await until(() => subscriptions.every(({ data }) => data.length === 1));
    expect(client.closeCodes).toEqual([4403]);
  });

  it.each([
    ['the decision', `orgNews(orgId: "${GLOBEX_ID}") { title }`],
    ['the handler', 'lateNews { title }'],
  ])('ends at once if access changes during %s', async (_what, field) => {
    const application = await NewsApplication.start();
    useFakeTimers();
    const { wait, release } = application.pause();
    const client = new NewsClient(application, tokenOf(alice));
    client.subscribe(`subscription { ${field} }`);
    await wait;
    await application.send('user.role_changed_within_org');
    release();
    await until(() => {
      // Time stands still.
      jest.advanceTimersByTime(0);
      return client.closeCodes.length > 0;
    });
    expect(client.closeCodes[0]).toBe(4403);
  });

  it('sends nothing if access changes before it begins, however much data its source has', async () => {
    const application = await NewsApplication.start();
    const { wait, release } = application.pause();
    const client = new NewsClient(application, tokenOf(alice));
    const subscription = client.subscribe('subscription { manyNews { title } }');
    await wait;
    await application.send('user.disabled');
    release();
    await until(() => subscription.isOver);
    expect(subscription.data).toEqual([]);
    expect(client.closeCodes[0]).toBe(4403);
  });

  it('ends even if the application adds to the context of subscriptions', async () => {
    const application = await NewsApplication.start({}, { imports: [moduleWithOwnContext()] });
    const client = new NewsClient(application, tokenOf(alice));
    await application.subscribe(client);
    await application.send('user.role_changed_within_org');
    await until(() => client.connections === 2 && application.openStreams === 1);
    expect(client.closeCodes).toEqual([4403]);
  });

  it('decides guarded fields with the current access, for each event', async () => {
    const application = await NewsApplication.start();
    const client = new NewsClient(application, tokenOf(alice));
    const subscription = await application.subscribe(client, 'publicNews { draft }');
    application.desk.publish('first');
    await until(() => subscription.data.length === 1);
    await application.api.changeUserRoleInOrg({ orgId: ACME_ID, userId: aliceId, role: 'Member' });
    await application.send('user.role_changed_within_org');
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

describe('A client that ignores the close frame', () => {
  it('gets nothing after it, and its connection ends three seconds later', async () => {
    useFakeTimers();
    const application = await NewsApplication.start();
    // After the start.
    jest.advanceTimersByTime(1);
    const client = await DeafClient.connect(application.running.url);
    client.send({ type: 'connection_init', payload: await tokenOf(alice)() });
    await until(() => client.frames.length === 1);
    const subscription = `subscription { ${NEWS} }`;
    client.send({ type: 'subscribe', id: '1', payload: { query: subscription } });
    await until(() => application.desk.listeners === 1);
    application.desk.publish('first');
    await until(() => client.frames.length === 2);
    await application.send('user.role_changed_within_org');
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
});

describe('A client that uses one id for several subscriptions', () => {
  it('leaves nothing behind when it disconnects', async () => {
    const application = await NewsApplication.start({}, { imports: [graphqlModule()] });
    const client = await DeafClient.connect(application.running.url);
    client.send({ type: 'connection_init', payload: await tokenOf(alice)() });
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
  interface Connection {
    readonly req?: IncomingMessage;
    readonly extra: { readonly request: IncomingMessage };
  }
  const context = ({ req, extra }: Connection) => ({ req: req ?? requestOf(extra.request) });
  return graphqlModule({ context } as object);
}

describe.each(CONTEXTS_WITHOUT_WEB_SOCKET)(
  'A subscription under a context %s',
  (_which, graphql) => {
    /** An application, and a client that sends its token wherever the application looks for it. */
    async function startWithClient(
      options: Partial<PropelAuthOptions> = {},
      credential = tokenOf(alice),
    ) {
      const application = await NewsApplication.start(options, { imports: [graphql] });
      const headers = await credential();
      return { application, client: new NewsClient(application, async () => headers, headers) };
    }

    it.each(KINDS)(
      'ends with UNAUTHENTICATED when access changes, and others of its connection continue: %s',
      async (name) => {
        const { application, client } = await startWithClient();
        const ofEveryone = await application.subscribe(client, 'publicNews { title }');
        const subscription = await application.subscribe(client, `${name} { title }`);
        application.desk.publish('first');
        await until(() => subscription.data.length === 1);
        await application.send('user.role_changed_within_org');
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
      const { application, client } = await startWithClient();
      const { wait, release } = application.pause();
      const subscription = client.subscribe(`subscription { ${field} }`);
      await wait;
      await application.send('user.disabled');
      release();
      await until(() => subscription.isOver);
      expect(codesOf(subscription)).toEqual(['UNAUTHENTICATED']);
      expect(subscription.data).toEqual([]);
    });

    it('ends with token_expired when its token expires, and cannot be opened again over the connection', async () => {
      const { application, client } = await startWithClient(WITHOUT_LIVE_ACCESS, shortLived);
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
    });
  },
);

describe('A subscription', () => {
  it('ends when its token expires, and its client reconnects with a new one', async () => {
    const application = await NewsApplication.start(WITHOUT_LIVE_ACCESS);
    useFakeTimers();
    const client = new NewsClient(application, shortLived);
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

  it('continues after expiry with endStreamsAtExpiry: false', async () => {
    const application = await NewsApplication.start({
      ...WITHOUT_LIVE_ACCESS,
      endStreamsAtExpiry: false,
    });
    useFakeTimers();
    const client = new NewsClient(application, shortLived);
    const subscription = await application.subscribe(client);
    jest.advanceTimersByTime(11_000);
    application.desk.publish('news');
    await until(() => subscription.data.length === 1);
    expect([client.connections, ...client.closeCodes]).toEqual([1]);
  });

  it.each([
    ['news', 1_000],
    ['filteredNews', 100],
    ['generatedNews', 100],
  ])(
    'is no longer tracked after its client or its source ends it: %s, %i over one connection',
    async (name, count) => {
      const application = await NewsApplication.start();
      const client = new NewsClient(application, tokenOf(alice));
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
    const application = await NewsApplication.start();
    const client = new NewsClient(application, tokenOf(alice));
    for (const name of KINDS) await application.subscribe(client, `${name} { title }`);
    expect(application.openStreams).toBe(KINDS.length);
    await client.dispose();
    await until(() => application.openStreams === 0);
  });

  it.each([
    ['stops it', true],
    ['disconnects', false],
  ])('leaves nothing behind if its client %s before it begins', async (_what, isConnected) => {
    const application = await NewsApplication.start();
    const client = new NewsClient(application, tokenOf(alice));
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
    const application = await NewsApplication.start();
    const client = new NewsClient(application, tokenOf(alice));
    for (const field of ['rejectedNews { title }', 'failedNews { title }']) {
      const subscription = await application.subscribe(client, field);
      await until(() => subscription.isOver);
      expect(subscription.errors).toHaveLength(1);
      expect(application.openStreams).toBe(0);
    }
  });
});
