import type { Type } from '@nestjs/common';
import {
  Parent,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import {
  activeOrg,
  describeAccess,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { expectAccess, TestIssuer } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { Post, User } from '../../support/federation-entities.js';
import { codesOf, send, subgraphModule, type GraphqlAnswer } from '../../support/graphql.js';
import { alice, headersOf } from '../../support/project.js';
import { decorateHandler } from '../../support/routes.js';
import { messageOf } from '../../support/start-error.js';

/** As in Nest's own sample of a federation: no reference resolver. */
@Resolver(() => User)
class UsersResolver {
  @ResolveField(() => [String])
  posts(@Parent() user: User) {
    return [`a post of ${user.id}`];
  }
}

@Resolver()
class QueriesResolver {
  @Query(() => Post)
  @Public()
  post() {
    return { id: 'p0' };
  }

  @Query(() => Post)
  latest() {
    return { id: 'p9' };
  }
}

/** A class with these decorators on its reference resolver and its field. */
function postsResolver(ofReference: MethodDecorator[], ofField: MethodDecorator[] = []): Type {
  @Resolver(() => Post)
  class PostsResolver {
    @Query(() => Post)
    @Public()
    post() {
      return { id: 'p0' };
    }

    @Query(() => Post)
    latest() {
      return { id: 'p9' };
    }

    @ResolveReference()
    resolve(reference: { id: string }) {
      return { id: reference.id };
    }

    @ResolveField(() => String)
    body(@Parent() post: Post) {
      return `the body of ${post.id}`;
    }
  }
  decorateHandler(PostsResolver, 'resolve', ...ofReference);
  decorateHandler(PostsResolver, 'body', ...ofField);
  return PostsResolver;
}

const CODE_FIRST: GqlModuleOptions = {
  autoSchemaFile: { federation: 2 },
  buildSchemaOptions: { orphanedTypes: [User, Post] },
};
const SCHEMA_FIRST: GqlModuleOptions = {
  typeDefs: `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
    type Query { post: Post  latest: Post }
    type User @key(fields: "id") { id: ID!  posts: [String!] }
    type Post @key(fields: "id") { id: ID!  body: String }
  `,
};

function start(providers: Type[], options: GqlModuleOptions, byDefault = true) {
  return startGuarded(
    { imports: [subgraphModule(options)], providers },
    { requireUserByDefault: byDefault },
  );
}

const entities = (representations: string, selection: string) =>
  `{ _entities(representations: [${representations}]) { ${selection} } }`;
const USER = '{ __typename: "User", id: "u1" }';
const POST = '{ __typename: "Post", id: "p1" }';

describe.each<[string, GqlModuleOptions]>([
  ['code first', CODE_FIRST],
  ['schema first', SCHEMA_FIRST],
])('A subgraph, %s, under requireUserByDefault', (_how, options) => {
  it('requires a user for fields of an entity without a reference resolver', async () => {
    const application = await start([UsersResolver, postsResolver([])], options);
    const query = entities(USER, '... on User { posts }');
    const headers = await headersOf(issuer, alice);
    expect(codesOf(await send(application, query))).toEqual(['UNAUTHENTICATED']);
    expect(await send(application, query, headers)).toEqual({
      data: { _entities: [{ posts: ['a post of u1'] }] },
    });
  });

  it.each<[string, MethodDecorator[], string[]]>([
    ['without a rule', [], ['UNAUTHENTICATED']],
    ['that requires a user', [RequireUser()], ['UNAUTHENTICATED']],
    ['that is public', [Public()], ['UNAUTHENTICATED']],
  ])(
    'requires a user for references of a resolver %s and their fields',
    async (_what, rules, codes) => {
      const application = await start([UsersResolver, postsResolver(rules)], options);
      const query = entities(POST, '... on Post { id body }');
      const headers = await headersOf(issuer, alice);
      expect(codesOf(await send(application, query))).toEqual(codes);
      expect(await send(application, query, headers)).toEqual({
        data: { _entities: [{ id: 'p1', body: 'the body of p1' }] },
      });
    },
  );

  it('does not extend a public reference to its siblings or fields', async () => {
    const application = await start([UsersResolver, postsResolver([Public()])], options);
    for (const [one, other] of [
      [POST, USER],
      [USER, POST],
    ]) {
      const query = entities(`${one}, ${other}`, '... on User { posts } ... on Post { id body }');
      expect(codesOf(await send(application, query))).toEqual([
        'UNAUTHENTICATED',
        'UNAUTHENTICATED',
      ]);
    }
    const ids = entities(POST, '... on Post { id }');
    expect(await send(application, ids)).toEqual({ data: { _entities: [{ id: 'p1' }] } });
  });

  it('opens a field of a reference only by its own decorator', async () => {
    const application = await start(
      [postsResolver([Public()], [Public()]), UsersResolver],
      options,
    );
    expect(await send(application, entities(POST, '... on Post { body }'))).toEqual({
      data: { _entities: [{ body: 'the body of p1' }] },
    });
  });

  it('decides about each of many references that name one variable', async () => {
    const application = await start([UsersResolver, postsResolver([RequireUser()])], options);
    const count = 300;
    const names = Array(count).fill('$post').join(', ');
    const query = `query ($post: _Any!) { _entities(representations: [${names}]) { ... on Post { body } } }`;
    const ask = async (headers: Record<string, string>) => {
      const { body } = await request(application.url)
        .post('/graphql')
        .set(headers)
        .send({ query, variables: { post: { __typename: 'Post', id: 'p1' } } });
      return body as GraphqlAnswer;
    };
    const forged = await headersOf(await TestIssuer.create(), alice);
    expect(codesOf(await ask(forged))).toEqual(Array(count).fill('UNAUTHENTICATED'));
    expect(await ask(await headersOf(issuer, alice))).toEqual({
      data: { _entities: Array.from({ length: count }, () => ({ body: 'the body of p1' })) },
    });
  });

  it('guards fields below operations like the operations', async () => {
    const application = await start([postsResolver([]), UsersResolver], options);
    expect(await send(application, '{ post { body } }')).toEqual({
      data: { post: { body: 'the body of p0' } },
    });
    expect(codesOf(await send(application, '{ latest { body } }'))).toEqual(['UNAUTHENTICATED']);
    const both = `{ public: post { body } _entities(representations: [${POST}]) { ... on Post { body } } }`;
    expect(codesOf(await send(application, both))).toEqual(['UNAUTHENTICATED']);
  });

  it('keeps the rule of a field of a reference', async () => {
    const member = RequireOrgMember({ org: activeOrg() });
    const application = await start([postsResolver([], [member]), UsersResolver], options);
    const query = entities(POST, '... on Post { body }');
    const codes = codesOf(await send(application, query, await headersOf(issuer, alice)));
    expect(codes).toEqual(['FORBIDDEN']);
  });

  it('fails startup if Nest runs no guards for fields of entities', async () => {
    const message = await messageOf(
      start([UsersResolver, QueriesResolver], { ...options, fieldResolverEnhancers: [] }),
    );
    expect(message).toContain(
      'UsersResolver.posts (GraphQL field User.posts): the field is open, because no guard checks Query._entities above it',
    );
    expect(message).toContain("fieldResolverEnhancers: ['guards']");
    expect(message).not.toContain('@Public()');
  });
});

describe('A subgraph without requireUserByDefault', () => {
  it('keeps rules of references and fields, and opens those without one', async () => {
    const application = await start(
      [UsersResolver, postsResolver([RequireUser()])],
      CODE_FIRST,
      false,
    );
    const query = entities(`${POST}, ${USER}`, '... on User { posts } ... on Post { body }');
    expect(await send(application, query)).toMatchObject({
      data: { _entities: [null, { posts: ['a post of u1'] }] },
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    const described = describeAccess(application.app).map(({ name, summary }) => [name, summary]);
    expect(described).toContainEqual(['Post.__resolveReference', 'user']);
    expect(described).toContainEqual(['User.posts', 'open']);
  });

  it('lists open references and the open fields that only they reach', async () => {
    const { app } = await start(
      [UsersResolver, QueriesResolver, postsResolver([])],
      CODE_FIRST,
      false,
    );
    const except = ['Query.latest', 'Post.__resolveReference', 'Post.body', 'User.posts'];
    expect(() => expectAccess(app).toHaveNoOpenHandlers()).toThrow('Post.__resolveReference: open');
    expect(() => expectAccess(app).toHaveNoOpenHandlers({ except })).not.toThrow();
  });
});
