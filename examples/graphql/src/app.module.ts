import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { ReportsResolver } from './reports.resolver.js';

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      // Without it, Nest does not call guards for fields.
      fieldResolverEnhancers: ['guards'],
    }),
  ],
  providers: [ReportsResolver],
})
export class AppModule {}
