import { UseGuards, type Type } from '@nestjs/common';
import { Field, ID, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { GqlModuleOptions } from '@nestjs/graphql';
import {
  activeOrg,
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  PropelAuthGuard,
  PropelAuthModule,
  Public,
  RequireOrgMember,
  RequireUser,
} from 'nestjs-propelauth';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../support/graphql.js';
import { alice, headersOf } from '../support/project.js';
import { messageOf } from '../support/start-error.js';

function start(
  resolver: Type,
  graphqlOptions: GqlModuleOptions = {},
  options: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]> = {},
) {
  return startGuarded({ imports: [graphqlModule(graphqlOptions)], providers: [resolver] }, options);
}

@ObjectType()
class Report {
  @Field(() => ID)
  id!: string;
}

/** A resolver with a field under these decorators. */
function resolverWithField(...decorators: MethodDecorator[]): Type {
  @Resolver(() => Report)
  class FieldResolver {
    @Query(() => Report)
    @Public()
    report() {
      return { id: 'r1' };
    }

    @ResolveField(() => String)
    title() {
      return 'A title';
    }
  }
  const field = Object.getOwnPropertyDescriptor(FieldResolver.prototype, 'title');
  for (const decorate of decorators) {
    decorate(FieldResolver.prototype, 'title', field as PropertyDescriptor);
  }
  return FieldResolver;
}

const WAY_OUT =
  'Put rules on the queries and mutations that return the field, and none on the field or its class: without one, it has their caller ' +
  'and organization.';

describe('The audit of GraphQL', () => {
  it.each([
    ['@RequireUser()', RequireUser()],
    ['@OptionalUser()', OptionalUser()],
    ['@RequireOrgMember()', RequireOrgMember({ org: activeOrg() })],
    ['@UseGuards(PropelAuthGuard)', UseGuards(PropelAuthGuard)],
  ])('fails startup for a field under %s without a guard', async (_what, rule) => {
    const message = await messageOf(start(resolverWithField(rule), { fieldResolverEnhancers: [] }));
    expect(message).toContain(
      'FieldResolver.title (GraphQL field): The field is open, because Nest does not call guards for fields. Move the rule to the ' +
        'queries that return the field (a rule that only requires a user is needless under requireUserByDefault), or add ' +
        "fieldResolverEnhancers: ['guards'] to the options of every GraphQLModule",
    );
    expect(await messageOf(start(resolverWithField(rule)))).toBe('');
  });

  it('finds a field that inherits a rule of its class but has no guard', async () => {
    const resolver = resolverWithField();
    RequireUser()(resolver);
    const message = await messageOf(start(resolver, { fieldResolverEnhancers: ['filters'] }));
    expect(message).toContain(
      'FieldResolver.title (GraphQL field): The rule of its class is not checked, because Nest does not call guards for fields. ' +
        WAY_OUT,
    );
    const lifted = resolverWithField(Public());
    RequireUser()(lifted);
    expect(await messageOf(start(lifted, { fieldResolverEnhancers: [] }))).toBe('');
  });

  it.each<[string, string, ClassDecorator[], MethodDecorator[], ('guards' | 'filters')[]]>([
    ['@CurrentUser()', 'made public to pass', [RequireUser()], [Public()], ['filters']],
    ['@CurrentOrg()', 'under a rule of its class', [RequireUser()], [], ['guards']],
    ['@CurrentOrg()', 'under a rule of its own', [], [RequireUser()], ['guards']],
  ])('names the way out for %s in a field %s', async (...row) => {
    const [name, , ofClass, ofField, fieldResolverEnhancers] = row;
    const resolver = resolverWithField(...ofField);
    for (const decorate of ofClass) decorate(resolver);
    const parameter = name === '@CurrentUser()' ? CurrentUser() : CurrentOrg();
    parameter(resolver.prototype as object, 'title', 0);
    expect(await messageOf(start(resolver, { fieldResolverEnhancers }))).toBe(
      'These access rules cannot work as they are written:\n' +
        `- FieldResolver.title (GraphQL field): ${name} never has a value under the rules of this field or its class. ${WAY_OUT}`,
    );
  });

  it('accepts fields without a rule, even under requireUserByDefault', async () => {
    const options = { requireUserByDefault: true };
    const without = { fieldResolverEnhancers: [] };
    expect(await messageOf(start(resolverWithField(), without, options))).toBe('');
  });

  it('accepts a field with an explicit guard, which requires a user', async () => {
    const application = await start(resolverWithField(UseGuards(PropelAuthGuard)));
    expect(codesOf(await send(application, '{ report { title } }'))).toEqual(['UNAUTHENTICATED']);
    expect(
      codesOf(await send(application, '{ report { title } }', await headersOf(issuer, alice))),
    ).toEqual([]);
  });

  it('accepts @CurrentUser() and @CurrentOrg() in a field without a rule, which has those of its operation', async () => {
    const resolver = resolverWithField();
    CurrentUser()(resolver.prototype as object, 'title', 0);
    CurrentOrg()(resolver.prototype as object, 'title', 1);
    expect(await messageOf(start(resolver))).toBe('');
  });
});
