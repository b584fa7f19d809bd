import { on, EventEmitter } from 'node:events';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Injectable, Module, NotFoundException } from '@nestjs/common';
import {
  Args,
  Field,
  GraphQLModule,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import {
  activeOrg,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireOrgRole,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 23-graphql-code-first: recipes, with a subscription. */

@ObjectType()
class Recipe {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly title!: string;

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

@Injectable()
class RecipesService {
  readonly added = new EventEmitter();
  private readonly recipes: Recipe[] = [];

  create({ title }: NewRecipeInput): Recipe {
    const recipe = { id: String(this.recipes.length), title, creationDate: new Date() };
    this.recipes.push(recipe);
    this.added.emit('recipe', recipe);
    return recipe;
  }

  findAll(): readonly Recipe[] {
    return this.recipes;
  }
}

@Resolver(() => Recipe)
class RecipesResolver {
  constructor(private readonly recipes: RecipesService) {}

  @Query(() => Recipe)
  recipe(@Args('id', { type: () => ID }) id: string) {
    const recipe = this.recipes.findAll().find((one) => one.id === id);
    if (recipe === undefined) throw new NotFoundException(id);
    return recipe;
  }

  @Query(() => [Recipe])
  @Public()
  listRecipes() {
    return this.recipes.findAll();
  }

  @Mutation(() => Recipe)
  @RequireOrgRole('Admin', { org: activeOrg() })
  addRecipe(@Args('newRecipeData') recipe: NewRecipeInput) {
    return this.recipes.create(recipe);
  }

  @Subscription(() => Recipe)
  @RequireOrgMember({ org: activeOrg() })
  async *recipeAdded() {
    for await (const [recipe] of on(this.recipes.added, 'recipe')) {
      yield { recipeAdded: recipe as Recipe };
    }
  }
}

@Module({
  imports: [
    PropelAuthModule.forRoot(settings),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    }),
  ],
  providers: [RecipesService, RecipesResolver],
})
export class GraphqlCodeFirstModule {}

export const graphqlCodeFirstAccess: AccessTable = {
  'Query.recipe': 'user',
  'Query.listRecipes': 'public',
  'Mutation.addRecipe': 'Admin and above of the org in token',
  'Subscription.recipeAdded': 'members of the org in token',
};
