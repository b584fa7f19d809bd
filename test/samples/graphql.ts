import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import {
  ApolloDriver,
  ApolloFederationDriver,
  type ApolloDriverConfig,
  type ApolloFederationDriverConfig,
} from '@nestjs/apollo';
import { Module, ParseIntPipe } from '@nestjs/common';
import {
  Args,
  Directive,
  Field,
  GraphQLModule,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  activeOrg,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
} from 'nestjs-propelauth';
import type { AccessCase } from '../support/removed-rules/access-case.js';
import { propelAuth } from './settings.js';

const TYPES = `
  type Cat { id: Int! name: String owner: Owner! }
  type Owner { id: Int! name: String! cats: [Cat!] }
  input CreateCatInput { name: String! age: Int }
  type Query { cats: [Cat] cat(id: ID!): Cat }
  type Mutation { createCat(createCatInput: CreateCatInput): Cat }
`;

/** 12-graphql-schema-first: cats and their owners. Its files of types are one text here. */
@Resolver('Cat')
class CatsResolver {
  @Query('cats')
  @Public()
  getCats() {}

  @Query('cat')
  findOneById(@Args('id', ParseIntPipe) _id: number) {}

  @Mutation('createCat')
  @RequirePermission('can_create_cats', { org: activeOrg() })
  create(@Args('createCatInput') _cat: object) {}

  @ResolveField('owner')
  owner(@Parent() _cat: object) {}
}

@Module({
  imports: [
    propelAuth(),
    GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, typeDefs: TYPES }),
  ],
  providers: [CatsResolver],
})
class SchemaFirstModule {}

@ObjectType()
class Recipe {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => Date)
  readonly creationDate!: Date;
}

@InputType()
class NewRecipeInput {
  @Field(() => String)
  readonly title!: string;

  @Field(() => [String])
  readonly ingredients!: string[];
}

/** 23-graphql-code-first: recipes, with a subscription. */
@Resolver(() => Recipe)
class RecipesResolver {
  @Query(() => Recipe)
  recipe(@Args('id', { type: () => ID }) _id: string) {}

  @Query(() => [Recipe])
  @Public()
  listRecipes() {}

  @Mutation(() => Recipe)
  @RequireOrgRole('Admin', { org: activeOrg() })
  addRecipe(@Args('newRecipeData') _recipe: NewRecipeInput) {}

  @Subscription(() => Recipe)
  @RequireOrgMember({ org: activeOrg() })
  recipeAdded() {}
}

@Module({
  imports: [
    propelAuth(),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    }),
  ],
  providers: [RecipesResolver],
})
class CodeFirstModule {}

@ObjectType('FederatedUser')
@Directive('@key(fields: "id")')
class User {
  @Field(() => ID)
  readonly id!: string;
}

/** 31-graphql-federation-code-first: the subgraph of users. */
@Resolver(() => User)
class UsersResolver {
  @Query(() => User)
  @RequireOrgMember({ org: activeOrg() })
  getUser(@Args('id', { type: () => ID }) _id: string) {}

  @Query(() => Number)
  @Public()
  countUsers() {}

  @ResolveReference()
  @RequireOrgMember({ org: activeOrg() })
  resolveReference(_reference: { id: string }) {}
}

@Module({
  imports: [
    propelAuth(),
    GraphQLModule.forRoot<ApolloFederationDriverConfig>({
      driver: ApolloFederationDriver,
      autoSchemaFile: { federation: 2 },
      fieldResolverEnhancers: ['guards'],
      // It writes to the console.
      plugins: [ApolloServerPluginInlineTraceDisabled()],
    }),
  ],
  providers: [UsersResolver],
})
class FederationModule {}

export const GRAPHQL: readonly AccessCase[] = [
  {
    name: 'Nest’s sample of GraphQL, schema first',
    imports: [SchemaFirstModule],
    table: {
      'Query.cats': 'public',
      'Query.cat': 'user',
      'Cat.owner': 'public',
      'Mutation.createCat': 'members with can_create_cats of the org in token',
    },
  },
  {
    name: 'Nest’s sample of GraphQL, code first',
    imports: [CodeFirstModule],
    table: {
      'Query.recipe': 'user',
      'Query.listRecipes': 'public',
      'Mutation.addRecipe': 'Admin and above of the org in token',
      'Subscription.recipeAdded': 'members of the org in token',
    },
  },
  {
    name: 'Nest’s sample of GraphQL federation',
    imports: [FederationModule],
    table: {
      'Query.getUser': 'members of the org in token',
      'Query.countUsers': 'public',
      'FederatedUser.__resolveReference': 'members of the org in token',
    },
  },
];
