import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { PropelAuthModule } from 'nestjs-propelauth';
import { ReportsResolver } from './reports.resolver.js';

@Module({
  imports: [
    PropelAuthModule.forRoot({
      authUrl: process.env.PROPELAUTH_AUTH_URL!,
      apiKey: process.env.PROPELAUTH_API_KEY!,
    }),
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
