import { Injectable, Module, Scope } from '@nestjs/common';
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
import { orgFromArgs, Public, RequireOrgRole, RequireUser } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
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
function accountsResolver(scope = Scope.DEFAULT) {
  @Injectable({ scope })
  @Resolver(() => Account)
  class AccountsResolver {
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

beforeEach(() => void ran.splice(0));

describe('toHold() of GraphQL', () => {
  it('passes if the guard behaves as described, without running a resolver', async () => {
    expect(await findingsIn(await startGraphqlMatrix({ providers: [ReportsResolver] }))).toEqual(
      [],
    );
  });

  it('names the handler and the caller if the guard allows other callers', async () => {
    const app = await startGraphqlMatrix({ providers: [ReportsResolver] }, { guard: LETS_IN_ALL });
    const findings = await findingsIn(app);
    expect(findings).toEqual(
      expect.arrayContaining([
        'Query.find (ReportsResolver.find) allows a member of another organization.',
        'Query.count (ReportsResolver.count) allows a member with the role Member.',
        'Mutation.rename (ReportsResolver.rename) allows a member whom an employee impersonates.',
      ]),
    );
    const open = ['latest', 'folders', 'summary'];
    expect(findings.filter((finding) => open.some((name) => finding.includes(name)))).toEqual([]);
  });

  it('passes, schema first, and lists subscriptions, fields and type resolvers as not tried', async () => {
    const imports = [graphqlModule(SCHEMA_FIRST)];
    const providers = [HoldersResolver, HolderTypeResolver];
    const app = await startGraphqlMatrix({ imports, providers });
    const { tried, notTried } = await expectAccess(app).toHold();
    expect(tried).toEqual(['Query.account (HoldersResolver.account)']);
    expect(notTried.map(({ name }) => name)).toEqual([
      'Holder.__resolveType (HolderTypeResolver.typeOf)',
      'Person.balance (HoldersResolver.balance)',
    ]);
    expect(notTried[0]?.reason).toContain('no subscriptions, fields and references');
    expect(ran).toEqual([]);
  });

  it('lists operations below other fields as not tried, where a schema leads back to its root types', async () => {
    const imports = [graphqlModule(NESTED_ROOTS)];
    const providers = [ViewerResolver, VaultResolver];
    const options = { requireUserByDefault: true };
    const app = await startGraphqlMatrix({ imports, providers }, { options });
    const { tried, notTried } = await expectAccess(app).toHold();
    expect(tried).toContain('Query.salaries (ViewerResolver.salaries)');
    expect(notTried).toContainEqual({
      name: 'Query.salaries (ViewerResolver.salaries), below other fields',
      reason: expect.stringContaining('at the root of a document') as string,
    });
    expect(ran).toEqual([]);
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
    const app = await startGraphqlMatrix({ providers: [ScopedResolver] });
    expect((await expectAccess(app).toHold()).tried).toEqual([
      'Query.accounts (AccountsResolver.accounts)',
    ]);
    expect(ran).toEqual([]);
  });

  it('reports queries and mutations that no schema has', async () => {
    @Module({ providers: [accountsResolver()] })
    class AccountsModule {}
    const app = await startGraphqlMatrix({
      imports: [AccountsModule, graphqlModule({ include: [AccountsModule] })],
      providers: [ReportsResolver],
    });
    const findings = await findingsIn(app);
    expect(findings).toContain('Query.me (ReportsResolver.me) was not tried.');
    expect(findings.at(-1)).not.toContain('Query.accounts');
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
    await expect(expectAccess(app).toHold()).rejects.toThrow(
      'the response was 400.\n  No route or operation takes the call, or something in front of the guard throws. Return the parameters, arguments',
    );
    expect(await findingsIn(app, { argsFor: () => ({ args: { color: 'red' } }) })).toEqual([]);
  });
});
