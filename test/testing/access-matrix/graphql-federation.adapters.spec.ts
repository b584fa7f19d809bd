import { type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import {
  Args,
  Field,
  ID,
  ObjectType,
  Directive,
  Parent,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import {
  describeAccess,
  DenyImpersonation,
  orgFromArgs,
  Public,
  RequireOrgRole,
  RequireUser,
} from 'nestjs-propelauth';
import { subgraphModule } from '../../support/graphql.js';
import { findingsIn, ran, startGraphqlMatrix } from './graphql-applications.js';

@ObjectType()
@Directive('@key(fields: "id")')
class Post {
  @Field(() => ID)
  id!: string;
}

@Resolver(() => Post)
class PostsResolver {
  @Query(() => Post)
  @Public()
  post() {
    ran.push('post');
    return { id: 'p1' };
  }

  @ResolveReference()
  @RequireUser()
  @DenyImpersonation()
  resolve(reference: { id: string }) {
    ran.push('reference');
    return { id: reference.id };
  }

  @ResolveField(() => String)
  body(@Parent() _post: Post) {
    return String(ran.push('body'));
  }

  @ResolveField(() => String)
  @RequireOrgRole('Admin', { org: orgFromArgs() })
  draft(@Args('orgId') _orgId: string) {
    return String(ran.push('draft'));
  }
}

const CODE_FIRST: GqlModuleOptions = {
  autoSchemaFile: { federation: 2 },
  buildSchemaOptions: { orphanedTypes: [Post] },
};
const SCHEMA_FIRST: GqlModuleOptions = {
  typeDefs: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
    type Query { post: Post }
    type Post @key(fields: "id") { id: ID!  body: String  draft(orgId: String!): String! }
  `,
};

function start(
  schema: GqlModuleOptions,
  providers: Type[],
  guard?: CanActivate,
  requireUserByDefault = true,
) {
  return startGraphqlMatrix(
    { imports: [subgraphModule(schema)], providers },
    { guard, options: { requireUserByDefault } },
  );
}

/** Lets in all calls of one method, and none of others. */
function letsIn(name: string): CanActivate {
  return { canActivate: (context: ExecutionContext) => context.getHandler().name === name };
}

describe.each([
  ['code first', CODE_FIRST],
  ['schema first', SCHEMA_FIRST],
])('toHold() of a subgraph, %s', (_how, schema) => {
  it('passes if the guard behaves as described, without running a resolver', async () => {
    const app = await start(schema, [PostsResolver]);
    expect(await findingsIn(app)).toEqual([]);
    expect(describeAccess(app).map(({ name, summary }) => `${name}: ${summary}`)).toEqual([
      'Post.__resolveReference: user, not impersonated',
      'Post.body: public',
      'Post.draft: Admin and above of the org in argument orgId',
      'Query.post: public',
    ]);
  });

  it('finds a reference that allows other callers', async () => {
    const findings = await findingsIn(await start(schema, [PostsResolver], letsIn('resolve')));
    expect(findings).toContain(
      'Post.__resolveReference (PostsResolver.resolve) allows a caller without credentials.',
    );
    expect(findings).toContain(
      'Post.__resolveReference (PostsResolver.resolve) allows an employee who impersonates a user.',
    );
  });

  it('finds entities that _entities reaches without a rule', async () => {
    @Resolver(() => Post)
    class OpenResolver {
      @Query(() => Post)
      @Public()
      post() {
        ran.push('open');
      }

      @ResolveReference()
      resolve() {
        ran.push('open');
      }

      @ResolveField(() => String)
      body() {
        ran.push('open');
      }

      @ResolveField(() => String)
      @Public()
      draft(@Args('orgId') _orgId: string) {
        ran.push('open');
      }
    }
    const app = await start(schema, [OpenResolver], undefined, false);
    expect(await findingsIn(app)).toEqual([
      expect.stringContaining('Post.__resolveReference (OpenResolver.resolve) is open'),
      expect.stringContaining('Post.body (OpenResolver.body) is open'),
    ]);
  });

  it('finds a field without a rule that allows other callers below _entities', async () => {
    const findings = await findingsIn(await start(schema, [PostsResolver], letsIn('body')));
    expect(findings).toContain(
      'Post.body (PostsResolver.body) allows a caller without credentials.',
    );
  });

  it('finds a field with a rule that allows other callers, below operations and _entities', async () => {
    const findings = await findingsIn(await start(schema, [PostsResolver], letsIn('draft')));
    for (const root of ['Query.post', 'Query._entities']) {
      expect(findings).toContain(
        `Post.draft below ${root} (PostsResolver.draft) allows a member with the role Member.`,
      );
    }
  });
});
