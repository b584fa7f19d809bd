import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, type GqlModuleOptions } from '@nestjs/graphql';
import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { ClsModule } from 'nestjs-cls';
import { PropelAuthModule, tokenFromHeader } from 'nestjs-propelauth';
import { PropelAuthClsPlugin } from 'nestjs-propelauth/cls';
import { AccountController } from './account.controller.js';
import { ReportsGateway } from './reports.gateway.js';
import { ReportsMessages } from './reports.messages.js';
import { ReportsResolver } from './reports.resolver.js';

const inHeader = tokenFromHeader();

export const propelAuth = PropelAuthModule.forRootAsync({
  imports: [ConfigModule.forRoot()],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    authUrl: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
    apiKey: config.getOrThrow<string>('PROPELAUTH_API_KEY'),
    manualTokenVerificationMetadata: {
      issuer: config.getOrThrow<string>('PROPELAUTH_AUTH_URL'),
      verifierKey: config.getOrThrow<string>('PROPELAUTH_VERIFIER_KEY'),
    },
    // Packets have metadata since Nest 12 only.
    tokenSource: (context) =>
      context.getType() === 'rpc'
        ? context.switchToRpc().getData<{ accessToken?: string }>().accessToken
        : inHeader(context),
  }),
  requireUserByDefault: true,
});

export const cls = ClsModule.forRoot({ plugins: [new PropelAuthClsPlugin()] });

/** Leads back to the root type, as Relay's schemas do. Without functions of graphql, of which Vitest loads a second copy. */
function withQueryInReports(schema: GraphQLSchema): GraphQLSchema {
  const fields = (schema.getType('Report') as GraphQLObjectType).getFields();
  fields.query = { ...fields.id, name: 'query', type: schema.getQueryType() as GraphQLObjectType };
  return schema;
}

export function graphql(options: GqlModuleOptions) {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    autoSchemaFile: true,
    transformSchema: withQueryInReports,
    ...options,
  });
}

@Module({
  imports: [propelAuth, cls, graphql({ fieldResolverEnhancers: ['guards', 'interceptors'] })],
  controllers: [AccountController, ReportsMessages],
  providers: [ReportsGateway, ReportsResolver],
})
export class TransportsModule {}
