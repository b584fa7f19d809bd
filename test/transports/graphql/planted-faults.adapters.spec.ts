import { Catch, UseFilters, type ExceptionFilter, type Provider } from '@nestjs/common';
import {
  Field,
  ID,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Subscription,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import { CurrentUser, Public, RequireUser, type User } from 'nestjs-propelauth';
import type { RunningApplication } from '../../support/application.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, connect, nextOf, graphqlModule, send } from '../../support/graphql.js';
import { ACME, alice, carol, dave, headersOf, userIn } from '../../support/project.js';
import {
  CONSTRUCTED_RESOLVERS,
  PROVIDED_RESOLVERS,
  WrappedClass,
  wrappedTwice,
} from '../../support/planted-faults/graphql-faults.js';
import { messageOf } from '../../support/start-error.js';

/** Tokens that are scoped to one organization: an admin's and a member's. */
const admin = { ...userIn('admin', { ...ACME, role: 'Admin' }), activeOrgId: ACME.orgId };
const member = { ...userIn('member', { ...ACME, role: 'Member' }), activeOrgId: ACME.orgId };

function start(
  providers: Provider[],
  { byDefault = false, ...options }: GqlModuleOptions & { byDefault?: boolean } = {},
): Promise<RunningApplication> {
  return startGuarded(
    { imports: [graphqlModule(options)], providers },
    { requireUserByDefault: byDefault },
  );
}

/** The codes that nobody, a member and an admin are answered with. */
async function codesFor(application: RunningApplication, query: string): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (const user of [null, member, admin]) {
    const answer = await send(application, query, await headersOf(issuer, user));
    codes.push(answer.errors === undefined ? 'answered' : codesOf(answer)[0]);
  }
  return codes;
}

const GUARDED = ['UNAUTHENTICATED', 'FORBIDDEN', 'answered'];
const REJECTED = Array<string>(3).fill('INTERNAL_SERVER_ERROR');

const withOutcome = (wanted: string) =>
  CONSTRUCTED_RESOLVERS.filter(([, , outcome]) => outcome === wanted);

describe('A resolver keeps its rule, fails startup or rejects all calls', () => {
  it.each(withOutcome('no start'))('%s: startup fails', async (_what, provider) => {
    expect(await messageOf(start([provider]))).toContain(
      'Reports.secret (GraphQL operation): Another function replaces this method',
    );
  });

  it.each(withOutcome('rejected'))('%s: calls are rejected', async (_what, provider) => {
    const application = await start([provider]);
    for (let time = 1; time <= 2; time++) {
      expect(await codesFor(application, '{ secret }')).toEqual(REJECTED);
      expect(codesOf(await send(application, '{ other }'))).toEqual([]);
    }
  });

  it('when a class decorator wraps its class', async () => {
    expect(await codesFor(await start([WrappedClass]), '{ secret }')).toEqual(GUARDED);
  });

  it('when a decorator wraps its method and a class decorator its class: startup fails', async () => {
    expect(await messageOf(start([wrappedTwice()]))).toContain(
      'Reports.secret (GraphQL operation)',
    );
  });

  it.each(PROVIDED_RESOLVERS)('when it is %s', async (_how, provider) => {
    const message = await messageOf(start([provider]));
    expect(message).toContain('Reports.secret (GraphQL operation)');
    expect(message).toContain('providers: [ReportsResolver]');
    // The global guard is an object, which Nest always calls.
    const application = await start([provider], { byDefault: true });
    expect(await codesFor(application, '{ secret }')).toEqual(GUARDED);
  });
});

@ObjectType()
class Account {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => Account)
class AccountsResolver {
  @ResolveField(() => String)
  balance() {
    return 'a balance';
  }
}

describe('A root type with another name', () => {
  @Resolver('RootQuery')
  class RootResolver {
    @ResolveField('secrets')
    secrets() {
      return 'secrets';
    }

    @ResolveField('account')
    @Public()
    account() {
      return { id: 'a1', query: {} };
    }

    @ResolveField('viewer')
    viewer() {
      return { id: 'a2' };
    }
  }

  const schema = {
    byDefault: true,
    autoSchemaFile: false,
    typeDefs: `
      schema { query: RootQuery }
      type RootQuery { secrets: String  account: Account  viewer: Account }
      type Account { id: ID!  balance: String  query: RootQuery }
      type Subscription { none: String }
    `,
  };

  it('has operations, at any depth, that requireUserByDefault applies to', async () => {
    const application = await start([RootResolver, AccountsResolver], schema);
    const headers = await headersOf(issuer, alice);
    for (const query of [
      '{ secrets }',
      '{ viewer { balance } }',
      '{ account { query { secrets } } }',
    ]) {
      expect(codesOf(await send(application, query))).toEqual(['UNAUTHENTICATED']);
    }
    expect(await send(application, '{ account { balance } }')).toEqual({
      data: { account: { balance: 'a balance' } },
    });
    const all = '{ secrets viewer { balance } account { query { secrets } } }';
    expect(await send(application, all, headers)).toEqual({
      data: {
        secrets: 'secrets',
        viewer: { balance: 'a balance' },
        account: { query: { secrets: 'secrets' } },
      },
    });
  });

  it('fails startup if Nest runs no guards for its fields', async () => {
    const message = await messageOf(
      start([RootResolver, AccountsResolver], { ...schema, fieldResolverEnhancers: [] }),
    );
    expect(message).toContain('RootResolver.secrets (GraphQL field RootQuery.secrets)');
    expect(message).toContain('AccountsResolver.balance (GraphQL field Account.balance)');
    expect(message).toContain("fieldResolverEnhancers: ['guards']");
  });
});

describe('A field without a rule, under requireUserByDefault,', () => {
  it('requires a user below a root field that Nest does not resolve', async () => {
    const application = await start([AccountsResolver], {
      byDefault: true,
      autoSchemaFile: false,
      typeDefs: `
        type Query { account: Account }
        type Account { id: ID!  balance: String }
        type Subscription { none: String }
      `,
      resolvers: { Query: { account: () => ({ id: 'a1' }) } },
    } as GqlModuleOptions);
    expect(codesOf(await send(application, '{ account { balance } }'))).toEqual([
      'UNAUTHENTICATED',
    ]);
    expect(codesOf(await send(application, '{ account { id } }'))).toEqual([]);
    const headers = await headersOf(issuer, dave);
    expect(codesOf(await send(application, '{ account { balance } }', headers))).toEqual([]);
  });

  it('belongs to its query under any alias and at any depth', async () => {
    @Resolver()
    class QueriesResolver {
      @Query(() => [Account])
      @Public()
      accounts() {
        return [{ id: 'a1' }, { id: 'a2' }];
      }

      @Query(() => [Account])
      own() {
        return [{ id: 'a3' }];
      }
    }
    const application = await start([AccountsResolver, QueriesResolver], { byDefault: true });
    expect(await send(application, '{ own: accounts { balance } }')).toEqual({
      data: { own: [{ balance: 'a balance' }, { balance: 'a balance' }] },
    });
    const mixed = await send(
      application,
      '{ accounts: own { balance } public: accounts { balance } }',
    );
    expect(codesOf(mixed)).toEqual(['UNAUTHENTICATED']);
  });

  it('belongs to its subscription', async () => {
    @Resolver()
    class SubscriptionsResolver {
      @Query(() => String)
      @Public()
      none() {
        return '';
      }

      @Subscription(() => Account)
      @Public()
      async *opened() {
        yield { opened: { id: 'a1' } };
      }

      @Subscription(() => Account)
      async *own(@CurrentUser() _user: User) {
        yield { own: { id: 'a2' } };
      }
    }
    const application = await start([AccountsResolver, SubscriptionsResolver], { byDefault: true });
    const token = await issuer.authorization(carol);
    for (let time = 1; time <= 2; time++) {
      expect(
        await nextOf(connect(application, {}), 'subscription { opened { balance } }'),
      ).toMatchObject({ data: { opened: { balance: 'a balance' } } });
      expect(
        codesOf(await nextOf(connect(application, {}), 'subscription { own { balance } }')),
      ).toEqual(['UNAUTHENTICATED']);
      expect(
        await nextOf(
          connect(application, { Authorization: token }),
          'subscription { own { balance } }',
        ),
      ).toMatchObject({ data: { own: { balance: 'a balance' } } });
    }
  });
});

describe('A type resolver', () => {
  @Resolver('Node')
  class NodesResolver {
    @Query('node')
    @Public()
    node() {
      return { id: 'n1' };
    }

    @Query('secret')
    secret() {
      return { id: 'n2' };
    }

    @ResolveField('__resolveType')
    resolveType() {
      return 'Article';
    }
  }

  it('belongs to the operation whose result it resolves, and is not an operation itself', async () => {
    const application = await start([NodesResolver], {
      byDefault: true,
      autoSchemaFile: false,
      typeDefs: `
        type Query { node: Node  secret: Node }
        interface Node { id: ID! }
        type Article implements Node { id: ID! }
        type Subscription { none: String }
      `,
    });
    // Mercurius takes no resolvers of types from Nest, and complains in its own words.
    const answer = await send(application, '{ node { id } }');
    expect(codesOf(answer)).not.toContain('UNAUTHENTICATED');
    expect(codesOf(await send(application, '{ secret { id } }'))).toEqual(['UNAUTHENTICATED']);
  });
});

/** Errors as data: Nest takes what a filter returns for the result of the resolver. */
@Catch()
class AnsweringFilter implements ExceptionFilter {
  catch(): object {
    return { id: 'fallback' };
  }
}

@Resolver('Ledger')
class LedgerResolver {
  @Query('ledger')
  @RequireUser()
  @UseFilters(AnsweringFilter)
  ledger(): object {
    return { id: 'l1' };
  }

  @Query('visit')
  @Public()
  visit(): object {
    return { query: {} };
  }

  @ResolveField('entries')
  entries(): string {
    return 'the entries';
  }
}

const LEDGERS: GqlModuleOptions = {
  autoSchemaFile: false,
  typeDefs: `
    type Query { ledger: Ledger  visit: Visit }
    type Visit { query: Query }
    type Ledger { id: ID!  entries: String }
  `,
};

describe('A field below an operation that was rejected, and answered by a filter', () => {
  it.each(['{ ledger { entries } }', '{ visit { query { ledger { entries } } } }'])(
    'does not belong to the operation that another caller was allowed with the same document: %s',
    async (document) => {
      const application = await start([LedgerResolver], { ...LEDGERS, byDefault: true });
      const headers = await headersOf(issuer, alice);
      expect(codesOf(await send(application, document))).toEqual(['UNAUTHENTICATED']);
      expect(codesOf(await send(application, document, headers))).toEqual([]);
      const answer = await send(application, document);
      expect(JSON.stringify(answer.data)).not.toContain('the entries');
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    },
  );
});
