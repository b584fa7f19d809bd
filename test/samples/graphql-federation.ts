import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import {
  Args,
  Directive,
  Field,
  GraphQLModule,
  ID,
  ObjectType,
  Query,
  ResolveReference,
  Resolver,
} from '@nestjs/graphql';
import { activeOrg, PropelAuthModule, Public, RequireOrgMember } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { settings } from './settings.js';

/** 31-graphql-federation-code-first: the subgraph of users. */

@ObjectType('FederatedUser')
@Directive('@key(fields: "id")')
class User {
  @Field(() => ID)
  readonly id!: string;

  @Field(() => String)
  readonly name!: string;
}

@Resolver(() => User)
class UsersResolver {
  private readonly users: readonly User[] = [{ id: '1', name: 'John Doe' }];

  @Query(() => User)
  @RequireOrgMember({ org: activeOrg() })
  getUser(@Args('id', { type: () => ID }) id: string) {
    return this.users.find((user) => user.id === id);
  }

  @Query(() => Number)
  @Public()
  countUsers() {
    return this.users.length;
  }

  @ResolveReference()
  @RequireOrgMember({ org: activeOrg() })
  resolveReference({ id }: { id: string }) {
    return this.getUser(id);
  }
}

@Module({
  imports: [
    PropelAuthModule.forRoot(settings),
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
export class GraphqlFederationModule {}

export const graphqlFederationAccess: AccessTable = {
  'Query.getUser': 'members of the org in token',
  'Query.countUsers': 'public',
  'FederatedUser.__resolveReference': 'members of the org in token',
};
