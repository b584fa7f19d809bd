import type { Type } from '@nestjs/common';
import { Query, ResolveField, ResolveReference, Resolver, type Enhancer } from '@nestjs/graphql';
import { RequireUser } from 'nestjs-propelauth';
import { extendSchema, parse, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { CallerContext } from 'nestjs-propelauth/cls';
import request from 'supertest';
import type { RunningApplication } from '../support/application.js';
import { until } from '../support/fake-timers.js';
import { connect, graphqlModule, nextOf, send, subgraphModule } from '../support/graphql.js';
import { Post } from '../support/federation-entities.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME, ACME_ID, bob, GLOBEX, GLOBEX_ID, headersOf, userIn } from '../support/project.js';
import { clsModule, inWords, PLACES } from './places.js';
import { Desk, ReportsResolver } from './reports.resolver.js';

const alice = userIn('alice', { ...ACME, role: 'Owner' }, { ...GLOBEX, role: 'Member' });
const justAlice = `user ${alice.userId}`;
const inAcme = `${justAlice} in ${ACME_ID}`;
const inGlobex = `${justAlice} in ${GLOBEX_ID}`;

function start(
  options: object = {},
  { byDefault = false, providers = [ReportsResolver] as Type[] } = {},
): Promise<RunningApplication> {
  const enhancers = { fieldResolverEnhancers: ['guards', 'interceptors'] satisfies Enhancer[] };
  return startGuarded(
    {
      imports: [clsModule(), graphqlModule({ ...enhancers, ...options })],
      providers: [...providers, Desk, ...PLACES],
    },
    { requireUserByDefault: byDefault },
  );
}

const twice = (row: object) => [row, row];
const deep = (reader: string) => ({ reader, next: { reader, next: { reader } } });
const answerTo = (reader: string) => ({ data: { reports: twice({ reader }) } });

const inOrgs = (alias: string, orgId: string) => `${alias}: reports(orgId: "${orgId}")`;

describe.each([
  ['', { byDefault: false }],
  [' under requireUserByDefault', { byDefault: true }],
])('CallerContext in GraphQL%s', (_which, setup) => {
  let application: RunningApplication;
  beforeAll(async () => (application = await start({}, setup)));

  const fields = 'reader next { reader next { reader } }';
  const under = `underOrg(orgId: "${GLOBEX_ID}") { reader next { reader } }`;
  const ofOrgs = `a: ofOrg(orgId: "${ACME_ID}") b: ofOrg(orgId: "${GLOBEX_ID}")`;

  it.each([
    [
      'that of each alias of an operation, wherever the call goes',
      `{ a: places(orgId: "${ACME_ID}") b: places(orgId: "${GLOBEX_ID}") }`,
      { a: Array(6).fill(inAcme), b: Array(6).fill(inGlobex) },
    ],
    [
      'that of the parent operation in fields without a rule, in each row and at any depth',
      `{ ${inOrgs('a', ACME_ID)} { ${fields} } ${inOrgs('b', GLOBEX_ID)} { ${fields} } }`,
      { a: twice(deep(inAcme)), b: twice(deep(inGlobex)) },
    ],
    [
      'that of the nearest field with a rule for the fields below it',
      `{ ${inOrgs('a', ACME_ID)} { reader ${under} } }`,
      { a: twice({ reader: inAcme, underOrg: { reader: inGlobex, next: { reader: inGlobex } } }) },
    ],
    [
      'its own in a field with a rule, and not that of its siblings',
      `{ ${inOrgs('a', ACME_ID)} { ${ofOrgs} reader } }`,
      { a: twice({ a: inAcme, b: inGlobex, reader: inAcme }) },
    ],
    [
      'unauthenticated below a public operation, next to one with a caller',
      `{ public { id reader } ${inOrgs('a', ACME_ID)} { reader } }`,
      { public: { id: 'nobody', reader: 'nobody' }, a: twice({ reader: inAcme }) },
    ],
  ])('is %s', async (_what, query, data) => {
    const answer = await send(application, query, await headersOf(issuer, alice));
    expect(answer.data).toEqual(data);
  });

  it('is that of its own request in concurrent requests with the same query', async () => {
    const query = '{ optional { id reader next { reader } } }';
    const users = Array.from({ length: 30 }, (_, index) => [alice, bob][index % 2]!);
    const answers = await Promise.all(
      users.map(async (user) => send(application, query, await headersOf(issuer, user))),
    );
    expect(answers.map(({ data }) => data)).toEqual(
      users.map(({ userId }) => {
        const reader = `user ${userId}`;
        return { optional: { id: reader, reader, next: { reader } } };
      }),
    );
  });

  it('is the subscriber in the body of a generator, including its end', async () => {
    const desk = application.app.get(Desk);
    desk.ended = [];
    const subscribers = await Promise.all(
      [alice, bob].map(async (user) => connect(application, await headersOf(issuer, user))),
    );
    const first = subscribers.map((client) => nextOf(client, 'subscription { generated { id } }'));
    await until(() => desk.listenerCount('listed') === 2);
    desk.emit('listed', 'a report');
    expect((await Promise.all(first)).map(({ data }) => data)).toEqual(
      [alice, bob].map(({ userId }) => ({ generated: { id: `a report for user ${userId}` } })),
    );
    // A client that has heard enough ends its subscription.
    await until(() => {
      desk.emit('listed', 'a report');
      return desk.ended.length === 2;
    });
    expect(desk.ended.toSorted()).toEqual([justAlice, `user ${bob.userId}`].toSorted());
  });

  it.each<[string, string, object]>([
    ['the subscriber in an iterator that is not a generator', 'iterated { id }', { id: justAlice }],
    ['unauthenticated in a public subscription', 'openly { id }', { id: 'nobody' }],
    // "outside" throws.
    [
      'unknown in fields without a rule below events',
      'iterated { reader asking }',
      { reader: 'outside', asking: null },
    ],
    [
      'its own in fields with a rule below events',
      `iterated { ofOrg(orgId: "${GLOBEX_ID}") }`,
      { ofOrg: inGlobex },
    ],
  ])('is %s', async (_what, field, event) => {
    const client = connect(application, await headersOf(issuer, alice));
    const { data } = await nextOf(client, `subscription { ${field} }`);
    expect(data).toEqual({ [field.split(' ')[0]!]: event });
  });
});

/** Leads from each report back to the root types. */
function withQueryInReports(schema: GraphQLSchema): GraphQLSchema {
  const extended = extendSchema(schema, parse('extend type ReadReport { query: Query }'));
  const { query } = (extended.getType('ReadReport') as GraphQLObjectType).getFields();
  query!.resolve = () => ({});
  return extended;
}

describe('CallerContext in GraphQL', () => {
  it.each([
    ['', 'nobody', false],
    [' under requireUserByDefault', justAlice, true],
  ])(
    'is that of its own decision in an operation below a field, and in the fields below it%s',
    async (_which, unruled, byDefault) => {
      const application = await start({ transformSchema: withQueryInReports }, { byDefault });
      const nested = `query { reports(orgId: "${GLOBEX_ID}") { reader } public { reader } unruled { reader } }`;
      const { data } = await send(
        application,
        `{ public { reader ${nested} } reports(orgId: "${ACME_ID}") { reader ${nested} } }`,
        await headersOf(issuer, alice),
      );
      const query = {
        reports: twice({ reader: inGlobex }),
        public: { reader: 'nobody' },
        unruled: { reader: unruled },
      };
      expect(data).toEqual({
        public: { reader: 'nobody', query },
        reports: twice({ reader: inAcme, query }),
      });
    },
  );

  it('is unauthenticated in operations without a rule, and in the fields below them', async () => {
    const application = await start();
    const headers = await headersOf(issuer, alice);
    const { data } = await send(application, '{ unruled { id reader } }', headers);
    expect(data).toEqual({ unruled: { id: 'nobody', reader: 'nobody' } });
    const client = connect(application, headers);
    const events = await nextOf(client, 'subscription { unruledEvents { id } }');
    expect(events.data).toEqual({ unruledEvents: { id: 'nobody' } });
  });

  it('throws in fields without "interceptors" in fieldResolverEnhancers, with an error that names the option', async () => {
    const application = await start({ fieldResolverEnhancers: ['guards'] });
    const { data, errors } = await send(
      application,
      `{ reports(orgId: "${ACME_ID}") { id asking } }`,
      await headersOf(issuer, alice),
    );
    expect(data).toMatchObject({ reports: [{ asking: null }, { asking: null }] });
    expect(errors?.[0]?.message).toMatch(/fieldResolverEnhancers: \["interceptors"\]/);
  });

  it.each([
    [
      'with variables',
      (org: string) => ({
        query: 'query ($org: String!) { reports(orgId: $org) { reader } }',
        variables: { org },
      }),
    ],
    ['without variables', (org: string) => ({ query: `{ reports(orgId: "${org}") { reader } }` })],
  ])(
    'is that of its own operation in batched requests %s, which share their context',
    async (_how, operation) => {
      const application = await start({
        allowBatchedHttpRequests: true,
        allowBatchedQueries: true,
      });
      const { body } = await request(application.url)
        .post('/graphql')
        .set(await headersOf(issuer, alice))
        .send([ACME_ID, GLOBEX_ID, ACME_ID].map(operation));
      expect(body).toEqual([inAcme, inGlobex, inAcme].map(answerTo));
    },
  );
});

@Resolver(() => Post)
class PostsResolver {
  constructor(private readonly caller: CallerContext) {}

  @Query(() => Post)
  @RequireUser()
  post() {
    return { id: 'p0' };
  }

  @ResolveField(() => String)
  body(): string {
    return inWords(this.caller);
  }
}

@Resolver(() => Post)
class ReferencesResolver {
  @ResolveReference()
  @RequireUser()
  resolve({ id }: Post) {
    return { id };
  }
}

it('CallerContext in fields without a rule needs no guards for fields', async () => {
  const application = await start(
    { fieldResolverEnhancers: ['interceptors'] },
    { providers: [PostsResolver] },
  );
  const { data } = await send(application, '{ post { body } }', await headersOf(issuer, alice));
  expect(data).toEqual({ post: { body: justAlice } });
});

describe('CallerContext in a subgraph', () => {
  it('throws in fields of entities, even below a reference with a rule, next to operations with a caller', async () => {
    const application = await startGuarded({
      imports: [
        clsModule(),
        subgraphModule({
          autoSchemaFile: { federation: 2 },
          buildSchemaOptions: { orphanedTypes: [Post] },
          fieldResolverEnhancers: ['guards', 'interceptors'],
        }),
      ],
      providers: [PostsResolver, ReferencesResolver],
    });
    const entity =
      '_entities(representations: [{ __typename: "Post", id: "p1" }]) { ... on Post { body } }';
    const { data } = await send(
      application,
      `{ post { body } ${entity} }`,
      await headersOf(issuer, alice),
    );
    expect(data).toEqual({ post: { body: justAlice }, _entities: [{ body: 'outside' }] });
  });
});
