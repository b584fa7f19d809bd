import {
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Field,
  GqlExecutionContext,
  ID,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import { Public } from 'nestjs-propelauth';
import { accessTable } from 'nestjs-propelauth/testing';
import { startGuarded } from '../support/guarded-application.js';
import { graphqlModule, send, type GraphqlAnswer } from '../support/graphql.js';
import { decorateHandler } from '../support/routes.js';
import { messageOf } from '../support/start-error.js';

/** Lets nobody in to the operation or field of this name. */
class ClosedGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    return (
      GqlExecutionContext.create(context).getInfo<{ fieldName: string }>().fieldName === 'open'
    );
  }
}

const guarded = Public({ guardedBy: ClosedGuard });

@ObjectType()
class Report {
  @Field(() => ID)
  id!: string;
}

/** A resolver with an operation and a field under these decorators. */
function resolverWith(of: { operation?: MethodDecorator[]; field?: MethodDecorator[] }) {
  @Resolver(() => Report)
  class ReportsResolver {
    @Query(() => Report)
    @Public()
    open() {
      return { id: 'r1' };
    }

    @Query(() => String, { nullable: true })
    shared() {
      return 'a report';
    }

    @ResolveField(() => String, { nullable: true })
    secret() {
      return 'a secret';
    }
  }
  decorateHandler(ReportsResolver, 'shared', ...(of.operation ?? []));
  decorateHandler(ReportsResolver, 'secret', ...(of.field ?? []));
  return ReportsResolver;
}

function start(resolver: Provider, graphqlOptions: GqlModuleOptions, ...providers: Provider[]) {
  return startGuarded({
    imports: [graphqlModule(graphqlOptions)],
    providers: [resolver, ...providers],
  });
}

/** The messages of the errors. The codes of what a guard rejects differ between Apollo and Mercurius. */
function rejectionsOf({ errors = [] }: GraphqlAnswer): string[] {
  return errors.map(({ message }) => message);
}

function madeByFactory(resolver: Type): Provider {
  return { provide: resolver, useFactory: () => new resolver() };
}

const withGuards: GqlModuleOptions = { fieldResolverEnhancers: ['guards'] };
const withoutGuards: GqlModuleOptions = { fieldResolverEnhancers: [] };
const globalGuard = { provide: APP_GUARD, useClass: ClosedGuard };

describe('The guard of a GraphQL operation that @Public({ guardedBy }) names', () => {
  it.each<[string, MethodDecorator[], Provider[]]>([
    ['on the method', [guarded, UseGuards(ClosedGuard)], []],
    ['global', [guarded], [globalGuard]],
  ])('runs where startup finds it: %s', async (_where, operation, providers) => {
    const application = await start(resolverWith({ operation }), withoutGuards, ...providers);
    expect(rejectionsOf(await send(application, '{ shared }'))).toEqual(['Forbidden resource']);
    expect(accessTable(application.app)).toEqual({
      'Query.open': 'public',
      'Query.shared': 'public, guarded by ClosedGuard',
      // Its query is open to everyone.
      'Report.secret': 'public',
    });
  });

  it('fails startup where it is absent, and names the operation and the fix', async () => {
    const message = await messageOf(start(resolverWith({ operation: [guarded] }), withGuards));
    expect(message.split('\n- ').slice(1)).toEqual([
      'ReportsResolver.shared (GraphQL operation): @Public({ guardedBy: ClosedGuard }) names a guard that does not run for it. ' +
        'Add @UseGuards(ClosedGuard), or remove guardedBy.',
    ]);
  });

  it('is the global one or an instance where a factory provides the resolver, for which Nest calls no guard classes', async () => {
    const ofClass = madeByFactory(resolverWith({ operation: [guarded, UseGuards(ClosedGuard)] }));
    expect(await messageOf(start(ofClass, withGuards))).toContain(
      'Nest does not call guard classes for a class that useFactory or useValue provides. Provide the class itself',
    );
    const ofInstance = madeByFactory(
      resolverWith({ operation: [guarded, UseGuards(new ClosedGuard())] }),
    );
    for (const starting of [
      start(ofInstance, withoutGuards),
      start(ofClass, withoutGuards, globalGuard),
    ]) {
      expect(rejectionsOf(await send(await starting, '{ shared }'))).toEqual([
        'Forbidden resource',
      ]);
    }
  });
});

describe('The guard of a GraphQL field that @Public({ guardedBy }) names', () => {
  it.each<[string, MethodDecorator[], Provider[]]>([
    ['on the method', [guarded, UseGuards(ClosedGuard)], []],
    ['global', [guarded], [globalGuard]],
  ])('runs only with fieldResolverEnhancers: %s', async (_where, field, providers) => {
    const resolver = resolverWith({ field });
    const application = await start(resolver, withGuards, ...providers);
    expect(rejectionsOf(await send(application, '{ open { secret } }'))).toEqual([
      'Forbidden resource',
    ]);
    const message = await messageOf(start(resolver, withoutGuards, ...providers));
    expect(message.split('\n- ').slice(1)).toEqual([
      'ReportsResolver.secret (GraphQL field): @Public({ guardedBy: ClosedGuard }) names a guard, but Nest does not call guards ' +
        "for fields and references. Add fieldResolverEnhancers: ['guards'] to the options of every GraphQLModule, or remove guardedBy.",
    ]);
  });

  it('fails startup where it is absent', async () => {
    const message = await messageOf(start(resolverWith({ field: [guarded] }), withGuards));
    expect(message).toContain(
      'ReportsResolver.secret (GraphQL field): @Public({ guardedBy: ClosedGuard })',
    );
    expect(message).toContain('Add @UseGuards(ClosedGuard)');
  });

  it('fails startup on a method named __resolveType, for which Nest never calls guards', async () => {
    @Resolver(() => Report)
    class TypeResolver {
      @Query(() => Report)
      @Public()
      open() {
        return { id: 'r1' };
      }

      @ResolveField(() => String)
      @guarded
      @UseGuards(ClosedGuard)
      __resolveType() {
        return 'Report';
      }
    }
    const message = await messageOf(start(TypeResolver, withGuards));
    expect(message).toContain(
      'Nest does not call guards for a method of this name. Rename the method',
    );
  });
});
