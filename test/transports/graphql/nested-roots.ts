import {
  Args,
  Field,
  ID,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import type { GqlModuleOptions } from '@nestjs/graphql';
import { extendSchema, parse, type GraphQLSchema } from 'graphql';
import {
  CurrentOrg,
  CurrentUser,
  orgFromArgs,
  Public,
  RequireOrgMember,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { graphqlModule, subgraphModule } from '../../support/graphql.js';

/** A schema that leads back to its root types below public fields, as Relay's do. */

@ObjectType('Viewer')
class Viewer {
  @Field(() => ID)
  id!: string;
}

@ObjectType('Vault')
class Vault {
  @Field(() => ID)
  id!: string;
}

@ObjectType('Payload')
class Payload {
  @Field(() => ID)
  id!: string;
}

// What Nest resolves no field of: GraphQL reads it from the objects.
const VIEWER = { __typename: 'Viewer', id: 'v1', query: { vault: { id: 'vault' } } };

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer)
  @Public()
  viewer(): object {
    return VIEWER;
  }

  @Query(() => [Viewer])
  @Public()
  viewers(): object[] {
    return [VIEWER, VIEWER];
  }

  @Query(() => String, { nullable: true })
  salaries(@CurrentUser() user: User | null): string {
    return `salaries for ${user?.userId}`;
  }

  @Query(() => String, { nullable: true })
  @RequireOrgMember({ org: orgFromArgs() })
  reports(@Args('orgId') orgId: string, @CurrentOrg() org: OrgMemberInfo): string {
    return `reports of ${orgId} ${org.orgId}`;
  }

  @Mutation(() => Payload)
  @Public()
  subscribe(): object {
    return { id: 'p1', node: VIEWER, query: {}, mutation: {} };
  }

  @Mutation(() => String, { nullable: true })
  hire(@CurrentUser() user: User | null): string {
    return `hired by ${user?.userId}`;
  }

  @ResolveField(() => String)
  name(): string {
    return 'a visitor';
  }
}

/** A field below one that Nest does not resolve, so that no guard decides above it. */
@Resolver(() => Vault)
export class VaultResolver {
  @ResolveField(() => String, { nullable: true })
  content(): string {
    return 'gold';
  }
}

const OBJECTS = `
  type Viewer { id: ID!  name: String! }
  type Vault { id: ID!  content: String }
  type Payload { id: ID! }
`;
const ROOTS = `
  type Query { viewer: Viewer!  viewers: [Viewer!]!  salaries: String  reports(orgId: String!): String }
  type Mutation { subscribe: Payload!  hire: String }
`;
const BACK_TO_THE_ROOTS = `
  interface Node { id: ID! }
  extend type Viewer implements Node { query: Query }
  extend type Payload { node: Node  query: Query  mutation: Mutation }
  extend type Query { vault: Vault }
`;

export const SCHEMA_FIRST: GqlModuleOptions = {
  autoSchemaFile: false,
  typeDefs: OBJECTS + ROOTS + BACK_TO_THE_ROOTS,
};

function codeFirst(autoSchemaFile: GqlModuleOptions['autoSchemaFile']): GqlModuleOptions {
  return {
    autoSchemaFile,
    buildSchemaOptions: { orphanedTypes: [Vault] },
    transformSchema: (schema: GraphQLSchema) => extendSchema(schema, parse(BACK_TO_THE_ROOTS)),
  };
}

/** The ways to make the schema, with the module that serves it. */
export const SCHEMAS: [string, typeof graphqlModule, GqlModuleOptions][] = [
  ['schema first', graphqlModule, SCHEMA_FIRST],
  ['code first', graphqlModule, codeFirst(true)],
  ['schema first, in a subgraph', subgraphModule, SCHEMA_FIRST],
  ['code first, in a subgraph', subgraphModule, codeFirst({ federation: 2 })],
];
