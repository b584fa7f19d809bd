import type { Type } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { Public, RequireOrgMember, RequireUser, activeOrg } from 'nestjs-propelauth';
import { graphqlModule } from '../support/graphql.js';
import { orgWarningsOf } from '../support/org-warnings.js';
import { decorateHandler } from '../support/routes.js';

const SCHEMA = `
  interface Node { id: ID! }
  type Report implements Node { id: ID!  orgId: ID! }
  type Invoice implements Node { id: ID!  orgId: ID! }
  type News implements Node { id: ID! }
  interface Article { id: ID! }
  type Story implements Article { id: ID! }
  union Found = Report | News
  type Query {
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    search(text: String): [Found!]!
    found(id: ID!): Found
    article(id: ID!): Article
    report(id: ID!): Report
  }
`;

/** The warnings about one query of the schema, under this decorator. */
function warningsAbout(query: string, decorator: MethodDecorator): Promise<string[]> {
  class QueriesResolver {
    run() {
      return null;
    }
  }
  decorateHandler(QueriesResolver, 'run', Query(query), decorator);
  Resolver()(QueriesResolver);
  const providers: Type[] = [QueriesResolver];
  return orgWarningsOf({
    imports: [graphqlModule({ autoSchemaFile: false, typeDefs: SCHEMA })],
    providers,
  });
}

describe('Startup warns about an operation that returns objects of organizations by id', () => {
  it.each([
    ['node', 'argument id of Report or Invoice'],
    ['nodes', 'argument ids of Report or Invoice'],
  ])('such as Query.%s', async (query, places) => {
    expect(await warningsAbout(query, RequireUser())).toEqual([
      `Query.${query} (QueriesResolver.run) names an organization (${places}) and does not check it. Add @RequireOrgMember() or ` +
        'another organization rule; if every user may call it, or it checks the organization itself, say so: @RequireUser({ uncheckedOrg: true }).',
    ]);
  });

  it.each<[string, string, MethodDecorator]>([
    ['where it is meant', 'node', RequireUser({ uncheckedOrg: true })],
    ['under @Public()', 'node', Public()],
    ['under an organization rule', 'node', RequireOrgMember({ org: activeOrg() })],
    ['without an id', 'search', RequireUser()],
    ['of types that name no organization', 'article', RequireUser()],
    ['of one object type', 'report', RequireUser()],
    ['of one such type and others, as an error', 'found', RequireUser()],
  ])('but not %s', async (_case, query, decorator) => {
    expect(await warningsAbout(query, decorator)).toEqual([]);
  });
});
