import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { ApolloDriver, ApolloFederationDriver } from '@nestjs/apollo';
import {
  GraphQLModule,
  Query,
  ResolveField,
  Resolver,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import { MapperKind, mapSchema } from '@graphql-tools/utils';
import { GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { Public } from 'nestjs-propelauth';
import { expectAccess } from 'nestjs-propelauth/testing';
import { startGuarded } from '../support/guarded-application.js';
import { graphqlModule } from '../support/graphql.js';
import { startMatrixApplication } from '../support/access-matrix.js';
import { messageOf } from '../support/start-error.js';

/** What a query reaches without a decision, while Nest calls no guards for fields. */

@Resolver('Traveller')
class TravellerResolver {
  @Query('traveller')
  @Public()
  traveller(): object {
    return { id: 't1', query: {} };
  }

  @ResolveField('name')
  name(): string {
    return 'a traveller';
  }
}

/** A field of an interface, which Apollo and Mercurius let other types inherit. */
@Resolver('Labelled')
class LabelledResolver {
  @ResolveField('label')
  label(): string {
    return 'a label';
  }
}

function startFailure(options: GqlModuleOptions, ...providers: Type[]): Promise<string> {
  const imports = [
    graphqlModule({ autoSchemaFile: false, fieldResolverEnhancers: [], ...options }),
  ];
  return messageOf(startGuarded({ imports, providers }, { requireUserByDefault: true }));
}

describe('Startup under requireUserByDefault, without guards for fields', () => {
  it('fails for a field that the root type inherits from an interface', async () => {
    const typeDefs = `
      interface Labelled { label: String }
      type Query implements Labelled { label: String }
    `;
    const message = await startFailure(
      { typeDefs, inheritResolversFromInterfaces: true },
      LabelledResolver,
    );
    expect(message).toContain('LabelledResolver.label');
  });

  it('accepts fields of a type that shares only an interface with the type of an open field', async () => {
    const typeDefs = `
      interface Node { id: ID! }
      type Query { traveller: Traveller  version: Version }
      type Version implements Node { id: ID! }
      type Traveller implements Node { id: ID!  name: String }
    `;
    expect(await startFailure({ typeDefs }, TravellerResolver)).toBe('');
  });

  describe('and with a root type that transformSchema renames', () => {
    const options: GqlModuleOptions = {
      autoSchemaFile: false,
      typeDefs: `
        type Query { traveller: Traveller }
        type Traveller { id: ID!  name: String  query: Query }
      `,
      transformSchema: (schema: GraphQLSchema) =>
        mapSchema(schema, {
          [MapperKind.QUERY]: (type) =>
            new GraphQLObjectType({ ...type.toConfig(), name: 'RootQuery' }),
        }),
    };

    it('accepts fields below its operations', async () => {
      expect(await startFailure(options, TravellerResolver)).toBe('');
    });

    it('has operations that toHold() calls', async () => {
      const { app } = await startMatrixApplication({
        imports: [graphqlModule(options)],
        providers: [TravellerResolver],
        module: { requireUserByDefault: true },
      });
      await expectAccess(app).toHold();
    });
  });
});

function serve(path: string, module: Type, options: GqlModuleOptions): DynamicModule {
  const common = { path, include: [module], graphiql: false, ...options };
  return GraphQLModule.forRoot({ driver: ApolloDriver, ...common });
}

function failureOf(...imports: (DynamicModule | Type)[]): Promise<string> {
  return messageOf(startGuarded({ imports }, { requireUserByDefault: true }));
}

if (globalThis.HTTP_ADAPTER === 'express') {
  // Mercurius serves one schema in an application.
  describe('Startup under requireUserByDefault, with two GraphQLModules without guards for fields', () => {
    @Resolver()
    class StationsResolver {
      @Query('traveller')
      @Public()
      traveller(): object {
        return { id: 't2' };
      }
    }

    @Resolver('Traveller')
    class NamesResolver {
      @ResolveField('name')
      name(): string {
        return 'a traveller';
      }
    }

    @Module({ providers: [TravellerResolver] })
    class TravellersModule {}
    @Module({ providers: [StationsResolver] })
    class StationsModule {}
    @Module({ providers: [NamesResolver] })
    class NamesModule {}

    const TRAVELLERS =
      'type Query { traveller: Traveller } type Traveller { id: ID!  name: String }';

    it('fails for fields below a root field that Nest resolves in another schema alone', async () => {
      const message = await failureOf(
        StationsModule,
        NamesModule,
        serve('/stations', StationsModule, {
          typeDefs: 'type Query { traveller: Traveller } type Traveller { id: ID! }',
        }),
        serve('/names', NamesModule, {
          typeDefs: TRAVELLERS,
          resolvers: { Query: { traveller: () => ({ id: 'plain' }) } },
        }),
      );
      expect(message).toContain('NamesResolver.name');
    });

    it('accepts fields of a type that only the other schema has', async () => {
      const message = await failureOf(
        TravellersModule,
        serve('/travellers', TravellersModule, { typeDefs: TRAVELLERS }),
        serve('/version', StationsModule, { typeDefs: 'type Query { version: String }' }),
      );
      expect(message).toBe('');
    });

    it('accepts fields of a type that only the other schema has, next to a subgraph', async () => {
      const subgraph = GraphQLModule.forRoot({
        driver: ApolloFederationDriver,
        path: '/subgraph',
        include: [StationsModule],
        graphiql: false,
        // It writes to the console.
        plugins: [ApolloServerPluginInlineTraceDisabled()],
        typeDefs: `
          extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
          type Query { station: Station }
          type Station @key(fields: "id") { id: ID! }
        `,
      });
      const message = await failureOf(
        TravellersModule,
        serve('/travellers', TravellersModule, { typeDefs: TRAVELLERS }),
        subgraph,
      );
      expect(message).toBe('');
    });
  });
}
