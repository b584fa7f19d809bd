import { Injectable, Module, Scope, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Args,
  Field,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  Scalar,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { orgFromArgs, Public, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { graphqlModule } from '../../support/graphql.js';
import {
  SCHEMA_FIRST as NESTED_ROOTS,
  VaultResolver,
  ViewerResolver,
} from '../../transports/graphql/nested-roots.js';
import { findingsIn, ran, startGraphqlMatrix } from './graphql-applications.js';
import { ReportsResolver } from './reports.resolver.js';

@ObjectType()
class Account {
  @Field()
  id!: string;
}

/** A field with a rule, below an operation without one. */
function accountsResolver(scope = Scope.DEFAULT, replacement?: () => string) {
  @Injectable({ scope })
  @Resolver(() => Account)
  class AccountsResolver {
    constructor() {
      if (replacement) this.balance = replacement;
    }

    @Query(() => [Account])
    @Public()
    accounts() {
      ran.push('accounts');
      return [];
    }

    @ResolveField(() => String)
    @RequireUser()
    balance() {
      return String(ran.push('balance'));
    }
  }
  return AccountsResolver;
}

const SCHEMA_FIRST: GqlModuleOptions = {
  autoSchemaFile: false,
  typeDefs: `
    type Query { account(filter: Filter!, which: Which!): Holder }
    input Filter @oneOf { id: ID  owner: Owner }
    input Owner { orgId: ID!  kind: Kind! }
    enum Kind { PERSON  COMPANY }
    enum Which { FIRST  LAST }
    interface Holder { id: ID! }
    type Person implements Holder { id: ID!  balance(orgId: String): Int! }
  `,
};

@Resolver('Person')
class HoldersResolver {
  @Query('account')
  @RequireOrgRole('Admin', { org: orgFromArgs('filter.owner.orgId') })
  account() {
    ran.push('account');
  }

  @ResolveField('balance')
  @RequireOrgRole('Owner', { org: orgFromArgs('orgId') })
  balance() {
    return ran.push('balance');
  }
}

@Resolver('Holder')
class HolderTypeResolver {
  @ResolveField('__resolveType')
  @RequireUser()
  typeOf() {
    ran.push('type');
    return 'Person';
  }
}

interface RequestWithToken {
  readonly headers: { readonly authorization?: string };
  readonly rawHeaders?: readonly string[];
}

/** A context value with as much of the request as the guard of the package needs. */
function contextWithToken(first: RequestWithToken & { readonly req?: RequestWithToken }) {
  const { headers, rawHeaders } = first.req ?? first;
  return { req: { headers: { authorization: headers.authorization }, rawHeaders } };
}

/** Lets in all calls. */
const LETS_IN_ALL = { canActivate: () => true };

describe('toHold() of GraphQL', () => {
  it('passes if the guard behaves as described, without running a resolver', async () => {
    expect(await findingsIn(await startGraphqlMatrix({ providers: [ReportsResolver] }))).toEqual(
      [],
    );
  });

  it('passes, schema first', async () => {
    const imports = [graphqlModule(SCHEMA_FIRST)];
    const providers = [HoldersResolver, HolderTypeResolver];
    expect(await findingsIn(await startGraphqlMatrix({ imports, providers }))).toEqual([]);
  });

  it('names the handler and the caller if the guard allows other callers', async () => {
    const app = await startGraphqlMatrix({ providers: [ReportsResolver] }, { guard: LETS_IN_ALL });
    const findings = await findingsIn(app);
    expect(findings).toEqual(
      expect.arrayContaining([
        'Query.find (ReportsResolver.find) allows a member of another organization.',
        'Query.count (ReportsResolver.count) allows a member with the role Member.',
        'Mutation.rename (ReportsResolver.rename) allows an employee who impersonates a user.',
        'Subscription.added (ReportsResolver.added) allows a caller without credentials.',
        'ListedReport.secret (ReportsResolver.secret) allows a member with the role Admin.',
      ]),
    );
    const open = ['latest', 'folders', 'summary'];
    expect(findings.filter((finding) => open.some((name) => finding.includes(name)))).toEqual([]);
  });

  it('finds type resolvers that allow other callers', async () => {
    const imports = [graphqlModule(SCHEMA_FIRST)];
    const providers = [HoldersResolver, HolderTypeResolver];
    const app = await startGraphqlMatrix({ imports, providers }, { guard: LETS_IN_ALL });
    expect(await findingsIn(app)).toContain(
      'Holder.__resolveType (HolderTypeResolver.typeOf) allows a caller without credentials.',
    );
  });

  it.each(['find', 'rename', 'remove'])(
    'finds a guard that decides one alias of %s by another',
    async (name) => {
      // Whoever reaches one organization reaches all.
      const letIn = new Set<string>();
      const guard = {
        canActivate(context: ExecutionContext) {
          const [, , { req }] = context.getArgs<[unknown, unknown, { req: RequestWithToken }]>();
          const { authorization = '' } = req.headers;
          if (context.getHandler().name !== name) return false;
          if (letIn.size === 0 && authorization !== '') letIn.add(authorization);
          // Of that caller, nobody asks for the organization.
          return letIn.has(authorization);
        },
      };
      const app = await startGraphqlMatrix({ providers: [ReportsResolver] }, { guard });
      const findings = await findingsIn(app);
      expect(findings).toContainEqual(
        expect.stringContaining(
          `.${name}) lets callers reach another organization by a second alias of the operation.`,
        ),
      );
    },
  );

  it('calls operations below other fields, where a schema leads back to its root types', async () => {
    const application = {
      imports: [graphqlModule(NESTED_ROOTS)],
      providers: [ViewerResolver, VaultResolver],
    };
    const options = { requireUserByDefault: true };
    expect(await findingsIn(await startGraphqlMatrix(application, { options }))).toEqual([]);
    const guard = {
      canActivate: (context: ExecutionContext) =>
        context.getArgByIndex<GraphQLResolveInfo>(3).path.prev !== undefined,
    };
    expect(await findingsIn(await startGraphqlMatrix(application, { options, guard }))).toContain(
      'Query.salaries below Query.viewer (ViewerResolver.salaries) allows a caller without credentials.',
    );
  });

  it('finds a field whose rule is lost', async () => {
    const Replacing = accountsResolver(Scope.REQUEST, () => 'replaced');
    const app = await startGraphqlMatrix({ providers: [Replacing] });
    expect(await findingsIn(app)).toEqual([
      'Account.balance (AccountsResolver.balance) is not reached: ' +
        'AccountsResolver.(a function without a name) answers instead.',
    ]);
  });

  it('finds resolvers behind another guard that rejects first', async () => {
    const app = await startGraphqlMatrix({
      imports: [graphqlModule({ fieldResolverEnhancers: ['guards'] })],
      providers: [
        accountsResolver(),
        { provide: APP_GUARD, useValue: { canActivate: () => false } },
      ],
    });
    const findings = await findingsIn(app);
    // Mercurius tells clients no status of errors.
    const status = globalThis.HTTP_ADAPTER === 'fastify' ? 'a GraphQL error' : '403';
    const problem = '(Forbidden resource) before its guard decides, when called by';
    expect(findings).toContain(
      `Query.accounts (AccountsResolver.accounts) returns ${status} ${problem} a caller without credentials.`,
    );
    expect(findings).toContain(
      `Account.balance (AccountsResolver.balance) returns 403 ${problem} a user.`,
    );
  });

  it('runs no resolver if the context value hides the headers of the request', async () => {
    const app = await startGraphqlMatrix({
      imports: [graphqlModule({ context: contextWithToken })],
      providers: [accountsResolver()],
    });
    expect(await findingsIn(app)).toEqual([]);
  });

  it('calls request-scoped resolvers', async () => {
    const ScopedResolver = accountsResolver(Scope.REQUEST);
    expect(await findingsIn(await startGraphqlMatrix({ providers: [ScopedResolver] }))).toEqual([]);
    const open = await startGraphqlMatrix({ providers: [ScopedResolver] }, { guard: LETS_IN_ALL });
    expect(await findingsIn(open)).toContain(
      'Account.balance (AccountsResolver.balance) allows a caller without credentials.',
    );
  });

  it('finds resolvers that no schema has', async () => {
    @Module({ providers: [accountsResolver()] })
    class AccountsModule {}
    const app = await startGraphqlMatrix({
      imports: [AccountsModule, graphqlModule({ include: [AccountsModule] })],
      providers: [ReportsResolver],
    });
    const unserved =
      'cannot be called. No GraphQL schema of the application contains it, or no query leads to it. List it in except.';
    const except = ['Query.me', 'Query.latest', 'Query.folders', 'Query.find', 'Query.count'];
    expect(await findingsIn(app, { except: [...except, 'ListedReport.secret'] })).toEqual([
      `Mutation.remove (ReportsResolver.remove) ${unserved}`,
      `Mutation.rename (ReportsResolver.rename) ${unserved}`,
      `Subscription.added (ReportsResolver.added) ${unserved}`,
    ]);
  });

  it('calls each GraphQLModule at its own path, with the global prefix', async () => {
    @Module({ providers: [accountsResolver()] })
    class AccountsModule {}
    const app = await startGraphqlMatrix(
      {
        imports: [
          AccountsModule,
          graphqlModule({ path: '/accounts', include: [AccountsModule], useGlobalPrefix: true }),
        ],
      },
      { prepare: (created) => created.setGlobalPrefix('api') },
    );
    expect(await findingsIn(app)).toEqual([]);
  });
});

describe('toHold() with arguments that it cannot generate', () => {
  @Scalar('Color')
  class ColorScalar {
    parseValue(value: unknown) {
      if (value === 'red') return value;
      throw new TypeError('No color.');
    }
  }

  const SCALAR: GqlModuleOptions = {
    autoSchemaFile: false,
    typeDefs: 'scalar Color  type Query { paint(color: Color!): Int }',
  };

  @Resolver()
  class PaintResolver {
    @Query('paint')
    @RequireUser()
    paint(@Args('color') _color: string) {
      return ran.push('paint');
    }
  }

  it('requires them, and sends what argsFor returns', async () => {
    const app = await startGraphqlMatrix({
      imports: [graphqlModule(SCALAR)],
      providers: [PaintResolver, ColorScalar],
    });
    expect(await findingsIn(app)).toEqual([
      'Query.paint (PaintResolver.paint) cannot be called. It needs a value of the scalar Color for color. ' +
        'Return one from argsFor: { args: { … } }.',
    ]);
    expect(await findingsIn(app, { argsFor: () => ({ args: { color: 'red' } }) })).toEqual([]);
  });
});
