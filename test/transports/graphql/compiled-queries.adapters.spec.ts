import { UseGuards, type Type } from '@nestjs/common';
import {
  GraphQLModule,
  Query,
  ResolveField,
  Resolver,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import {
  MercuriusDriver,
  MercuriusFederationDriver,
  type MercuriusDriverConfig,
} from '@nestjs/mercurius';
import { PropelAuthGuard, Public, RequireUser } from 'nestjs-propelauth';
import type { RunningApplication } from '../../support/application.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../../support/graphql.js';
import { ACME_ID, alice, headersOf } from '../../support/project.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { classOf } from '../../support/routes.js';
import { messageOf } from '../../support/start-error.js';
import { User } from '../../support/federation-entities.js';
import { GuardedResolver, Report } from './guarded.resolver.js';

@Resolver()
class OpenResolver {
  @Query(() => String)
  open() {
    return 'open';
  }

  @Query(() => Report)
  openReport() {
    return { id: 'r1' };
  }
}

/** As in Nest's own sample of a federation: no guard decides about the entity. */
@Resolver(() => User)
class UsersResolver {
  @ResolveField(() => [String])
  posts() {
    return ['a post'];
  }
}

/** A resolver with the query `ruled`. */
const resolverOf = (name: string, ofMethod: MethodDecorator[], ofClass: ClassDecorator[] = []) =>
  classOf(name, [Resolver(), ...ofClass], { ruled: [Query(() => String), ...ofMethod] });
const RuledResolver = resolverOf('RuledResolver', [RequireUser()]);
const PublicResolver = resolverOf('PublicResolver', [Public()]);
const GuardedClass = resolverOf('GuardedClass', [], [UseGuards(PropelAuthGuard)]);

function failureOf(
  jit: unknown,
  providers: Type[],
  options: Partial<PropelAuthOptions> = {},
): Promise<string> {
  const imports = [graphqlModule({ jit } as GqlModuleOptions)];
  return messageOf(startGuarded({ imports, providers }, options));
}

describe('The option jit of GraphQLModule fails startup', () => {
  it.each<[string, unknown, Type, Partial<PropelAuthOptions>, string]>([
    ['with a rule', 1, RuledResolver, {}, 'RuledResolver.ruled'],
    ['with an adaptive compiler', {}, RuledResolver, {}, 'RuledResolver.ruled'],
    ['with @Public()', 1, PublicResolver, {}, 'PublicResolver.ruled'],
    ['with the guard on its class', 1, GuardedClass, {}, 'GuardedClass.ruled'],
    ['without a rule', 1, OpenResolver, { requireUserByDefault: true }, 'OpenResolver.open'],
    [
      'with a rule under startupAudit: warn',
      1,
      RuledResolver,
      { startupAudit: 'warn' },
      'RuledResolver.ruled',
    ],
  ])('for an operation %s', async (_which, jit, resolver, options, name) => {
    const message = await failureOf(jit, [OpenResolver, resolver], options);
    expect(message).toContain('These queries cannot be guarded:\n- GraphQLModule: jit compiles');
    expect(message).toContain(`${name} is guarded. Remove jit from the options of GraphQLModule.`);
  });

  it.each<[string, unknown, Type[], Partial<PropelAuthOptions>]>([
    ['if nothing is compiled', 0, [RuledResolver], {}],
    ['if nothing has a rule', 1, [OpenResolver], {}],
    [
      'if requireUserByDefault exempts the resolvers',
      1,
      [OpenResolver],
      { requireUserByDefault: true, except: [OpenResolver] },
    ],
  ])('but not %s', async (_when, jit, providers, options) => {
    expect(await failureOf(jit, providers, options)).toBe('');
  });
});

/** The codes that a user gets when a query is executed, and once it is compiled. */
async function codesFor(application: RunningApplication, query: string) {
  const headers = await headersOf(issuer, alice);
  const codes: (string | undefined)[][] = [];
  for (const sent of [headers, headers, headers, {}]) {
    codes.push(codesOf(await send(application, query, sent)));
  }
  return codes;
}

const REJECTED = ['INTERNAL_SERVER_ERROR'];

if (globalThis.HTTP_ADAPTER === 'fastify') {
  const logger = new RecordingLogger();

  // Drivers of the application, which compile queries where startup cannot see it.
  class CompilingDriver extends MercuriusDriver {
    override start(options: MercuriusDriverConfig) {
      return super.start({ ...options, jit: 1 });
    }
  }
  class CompilingFederationDriver extends MercuriusFederationDriver {
    override start(options: MercuriusDriverConfig) {
      return super.start({ ...options, jit: 1 });
    }
  }

  function startCompiling(
    graphql: MercuriusDriverConfig,
    providers: Type[],
    options: Partial<PropelAuthOptions> = {},
  ) {
    const imports = [GraphQLModule.forRoot({ fieldResolverEnhancers: ['guards'], ...graphql })];
    return startGuarded({ imports, providers }, options, (app) => app.useLogger(logger));
  }

  const ONE_API = { driver: CompilingDriver, autoSchemaFile: true };
  const SUBGRAPH = {
    driver: CompilingFederationDriver,
    federationMetadata: true,
    autoSchemaFile: { federation: 2 as const },
    buildSchemaOptions: { orphanedTypes: [User] },
  };

  describe('A call of a compiled query gets 500', () => {
    it.each([
      ['operation has a rule', '{ me }'],
      ['operation has @OptionalUser()', '{ visitor }'],
      ['operation has @Public()', '{ report { title } }'],
      ['operation has an organization rule', `mutation { rename(orgId: "${ACME_ID}") }`],
      ['field has a rule', `{ openReport { secret(orgId: "${ACME_ID}") } }`],
    ])('if its %s', async (_which, query) => {
      const application = await startCompiling(ONE_API, [GuardedResolver, OpenResolver]);
      const codes = await codesFor(application, query);
      expect(codes).toEqual([[], REJECTED, REJECTED, REJECTED]);
      expect(logger.of('error').join()).toContain(
        'Calls of GuardedResolver return 500, because their query was compiled (graphql-jit)',
      );
    });

    it.each<[string, string, MercuriusDriverConfig, Type[]]>([
      ['operation', '{ open openReport { id } }', ONE_API, [OpenResolver]],
      [
        'field of an entity',
        '{ _entities(representations: [{ __typename: "User", id: "u1" }]) { ... on User { posts } } }',
        SUBGRAPH,
        [OpenResolver, UsersResolver],
      ],
    ])('if its %s has no rule, under requireUserByDefault', async (_which, query, graphql, all) => {
      const application = await startCompiling(graphql, all, { requireUserByDefault: true });
      const [executed, ...compiled] = await codesFor(application, query);
      expect(executed).toEqual([]);
      for (const codes of compiled) expect(new Set(codes)).toEqual(new Set(REJECTED));
    });
  });
}
