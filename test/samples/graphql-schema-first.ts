import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, ParseIntPipe } from '@nestjs/common';
import {
  Args,
  GraphQLModule,
  Mutation,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { activeOrg, PropelAuthModule, Public, RequirePermission } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 12-graphql-schema-first: cats and their owners. Its files of types are one text here. */

const TYPES = `
  type Cat { id: Int! name: String owner: Owner! }
  type Owner { id: Int! name: String! cats: [Cat!] }
  input CreateCatInput { name: String! age: Int }
  type Query { cats: [Cat] cat(id: ID!): Cat }
  type Mutation { createCat(createCatInput: CreateCatInput): Cat }
`;

interface Cat {
  readonly id: number;
  readonly name: string;
  readonly ownerId: number;
}

@Resolver('Cat')
class CatsResolver {
  private readonly all: Cat[] = [{ id: 1, name: 'Cat', ownerId: 5 }];

  @Query('cats')
  @Public()
  getCats() {
    return this.all;
  }

  @Query('cat')
  findOneById(@Args('id', ParseIntPipe) id: number) {
    return this.all.find((cat) => cat.id === id);
  }

  @Mutation('createCat')
  @RequirePermission('can_create_cats', { org: activeOrg() })
  create(@Args('createCatInput') { name }: { name: string }) {
    const cat = { id: this.all.length + 1, name, ownerId: 5 };
    this.all.push(cat);
    return cat;
  }

  @ResolveField('owner')
  owner(@Parent() { ownerId }: Cat) {
    return { id: ownerId, name: 'Jon Doe' };
  }
}

@Module({
  imports: [
    PropelAuthModule.forRoot(settings),
    GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, typeDefs: TYPES }),
  ],
  providers: [CatsResolver],
})
export class GraphqlSchemaFirstModule {}

export const graphqlSchemaFirstAccess: AccessTable = {
  'Query.cats': 'public',
  'Query.cat': 'user',
  'Cat.owner': 'public',
  'Mutation.createCat': 'members with can_create_cats of the org in token',
};
