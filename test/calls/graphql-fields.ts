import { UseGuards, type ExecutionContext, type Type } from '@nestjs/common';
import { Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { orgFromArgs, RequireOrgMember } from 'nestjs-propelauth';
import { Post, User } from '../support/federation-entities.js';
import { ACME_ID, GLOBEX_ID } from '../support/project.js';
import { FEWER_CREDENTIALS } from './credentials.js';
import { argumentOfOrg, graphqlTransport, sendDocument } from './graphql-calls.js';
import { classesOf } from './handlers.js';
import { counted } from './outcome.js';
import { EXEMPT, rule, RULES, type Rule } from './rules.js';
import type { Transport } from './transport.js';
import { Onlooker } from './witness.js';

const orgOfReference = (context: ExecutionContext) => ({
  orgId: context.getArgByIndex<Post>(0).id,
});

/** References have a rule about the organization that they name. */
@Resolver(() => Post)
@UseGuards(Onlooker)
class Posts {
  @ResolveReference()
  @RequireOrgMember({ org: orgOfReference })
  reference({ id }: Post) {
    return { id };
  }
}

@Resolver(() => User)
@UseGuards(Onlooker)
class Users {
  @ResolveReference()
  reference({ id }: User) {
    return { id };
  }
}

const named = (...names: string[]) => RULES.filter(({ name }) => names.includes(name));
const without = (words: string, name: string) => rule(words, name, ['user', 'org'], () => []);

const BARE = without('no decorator, in a class where others have one', 'bare');
const LOOSE = without('no decorator, in a class without any', 'loose');

/** The rules that only tables of fields have. */
export const RULES_OF_FIELDS = [BARE, LOOSE];

/** Each returns the same object twice. */
const queries = (name: string, rules: readonly Rule[]) =>
  classesOf({
    name,
    rules: rules.map((one) => ({ ...one, sees: [] })),
    decorate: (one) => [
      Query(() => [Post], { name: `${one.name}Query`, nullable: true }),
      ...one.decorate(orgFromArgs('orgId')),
    ],
    ofClass: [Resolver()],
    result: () => {
      const post = { id: 'p1' };
      return [post, post];
    },
    parameter: argumentOfOrg,
  });

const fields = (name: string, type: Type, rules: readonly Rule[]) =>
  classesOf({
    name,
    rules,
    decorate: (one) => [
      ResolveField(() => String, { name: one.name, nullable: true }),
      ...one.decorate(orgFromArgs('orgId')),
    ],
    ofClass: [Resolver(() => type), UseGuards(Onlooker)],
    result: () => 'let in',
  });

const OPERATIONS = named('public', 'plain', 'optional', 'user', 'member', 'key');

/** Exempt under `requireUserByDefault`. */
export const EXEMPT_QUERIES = queries('Exempt', [EXEMPT]);

export const FIELD_RESOLVERS: readonly Type[] = [
  Posts,
  Users,
  ...EXEMPT_QUERIES,
  ...queries('Query', OPERATIONS),
  ...fields('Field', Post, [BARE, ...named('user', 'key')]),
  ...fields('Loose', Post, [LOOSE]),
  ...fields('FieldOfUser', User, [BARE, ...named('user')]),
];

const request = (name: string, document: string) => rule(document, name, [], () => []);
const below = (operation: string, field: string) =>
  request(
    `${operation}.${field}`,
    operation === 'member'
      ? `query ($org: String) { memberQuery(orgId: $org) { ${field} } }`
      : `{ ${operation}Query { ${field} } }`,
  );
const MEMBERS = 'memberQuery(orgId: $org)';

/** What fields without a rule get, whatever operation they belong to. */
const FIELDS_WITHOUT_RULE = [
  below('plain', 'bare'),
  request(
    'aliases',
    `query ($org: String) { one: publicQuery { bare } two: userQuery { bare } three: ${MEMBERS} { bare } four: keyQuery { bare } }`,
  ),
  request(
    'users',
    'query ($one: _Any!) { _entities(representations: [$one, $one]) { ... on User { bare user } } }',
  ),
  request(
    'posts',
    'query ($acme: _Any!, $globex: _Any!) { _entities(representations: [$acme, $globex, $acme]) { ... on Post { bare user } } }',
  ),
];

/** Several fields in one request, each of two items that are one object. */
export const REQUESTS: readonly Rule[] = [
  ...FIELDS_WITHOUT_RULE,
  below('optional', 'bare'),
  below('member', 'bare'),
  below('member', 'loose'),
  below('key', 'bare'),
  below('key', 'user'),
  below('user', 'key'),
];

/** Those that `requireUserByDefault` could change. */
export const REQUESTS_BY_DEFAULT: readonly Rule[] = [
  ...FIELDS_WITHOUT_RULE,
  below('public', 'loose'),
  below('plain', 'loose'),
  below('exempt', 'bare'),
];

const VARIABLES = {
  one: { __typename: 'User', id: 'u1' },
  acme: { __typename: 'Post', id: ACME_ID },
  globex: { __typename: 'Post', id: GLOBEX_ID },
};

export function fieldTransport(url: string, name: string, requests: readonly Rule[]): Transport {
  return {
    ...graphqlTransport(url, name, requests, ({ words }) => words, FEWER_CREDENTIALS),
    hasSeveralHandlers: true,
    open: (sent) => ({
      async call({ words }, org) {
        const { errors = [] } = await sendDocument(url, sent, words, { ...VARIABLES, org });
        const failed = errors.map(
          ({ path, message, extensions }) =>
            `${extensions?.reason ?? message} at ${path?.join('.')}`,
        );
        return { result: failed.length === 0 ? 'data' : counted(failed) };
      },
    }),
  };
}
