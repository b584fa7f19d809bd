import { Module, NestFactory } from '../under-test/nest.mjs';
import { importPackage } from '../under-test/root.mjs';
import { decorateMethod } from './decorate-method.mjs';

const { ApolloDriver } = await importPackage('@nestjs/apollo');
const { Field, GraphQLModule, ObjectType, Query, ResolveField, Resolver } =
  await importPackage('@nestjs/graphql');

const OBJECTS = 1_000;
const ALIASES = 50;

/** The queries, by the `query` of their row. */
const QUERIES = {
  list: '{ reports { title } }',
  aliases: `{ ${Array.from({ length: ALIASES }, (_, index) => `me${index}: me`).join(' ')} }`,
};

/** An Apollo application with a guarded field, `Report.title`, and a guarded query, `me`. */
export async function createApplication({ query }, { decorators, module = {} }) {
  class GraphqlModule {}
  Module({
    imports: [
      ...(module.imports ?? []),
      GraphQLModule.forRoot({
        driver: ApolloDriver,
        autoSchemaFile: true,
        fieldResolverEnhancers: ['guards'],
      }),
    ],
    providers: [createResolver(decorators)],
  })(GraphqlModule);
  const app = await NestFactory.create(GraphqlModule, { logger: ['error'] });
  const request = {
    method: 'POST',
    path: '/graphql',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: QUERIES[query] }),
  };
  return { app, request };
}

function createResolver(decorators) {
  class Report {}
  Field(() => String)(Report.prototype, 'id');
  ObjectType()(Report);

  const reports = Array.from({ length: OBJECTS }, (_, index) => ({ id: String(index) }));
  class ReportsResolver {
    reports() {
      return reports;
    }

    me() {
      return 'ada@example.com';
    }

    title() {
      return 'Quarterly figures';
    }
  }
  decorateMethod(ReportsResolver, 'reports', [Query(() => [Report])]);
  decorateMethod(ReportsResolver, 'me', [Query(() => String), ...decorators]);
  decorateMethod(ReportsResolver, 'title', [ResolveField(() => String), ...decorators]);
  Resolver(() => Report)(ReportsResolver);
  return ReportsResolver;
}
