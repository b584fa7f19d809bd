import {
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import {
  Args,
  Directive,
  Field,
  ID,
  Mutation,
  ObjectType,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
  Subscription,
  type Enhancer,
} from '@nestjs/graphql';
import {
  CurrentCaller,
  CurrentOrg,
  CurrentUser,
  getCurrentOrg,
  getCurrentUser,
  OptionalUser,
  orgFromArgs,
  Public,
  RequireOrgMember,
  RequireUser,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { map } from 'rxjs';
import { beforeTests } from '../../support/application.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import {
  codesOf,
  connect,
  graphqlModule,
  nextOf,
  send,
  subgraphModule,
} from '../../support/graphql.js';
import { ACME, ACME_ID, GLOBEX, GLOBEX_ID, headersOf, userIn } from '../../support/project.js';

const erin = userIn('erin', { ...ACME, role: 'Member' }, { ...GLOBEX, role: 'Admin' });

@ObjectType()
@Directive('@key(fields: "id")')
class Dossier {
  @Field(() => ID)
  id!: string;
}

const DOSSIER = { id: 'r1' };

const textOf = (...seen: (string | undefined)[]) => seen.map((one) => one ?? 'none').join(' ');

/** Answers with whom it finds. */
@Injectable()
class NameCaller implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const [user, org] = [getCurrentUser(context), getCurrentOrg(context)];
    return next.handle().pipe(map(() => textOf(user?.userId, org?.orgId)));
  }
}

/** Operations with rules, and fields without. */
@Resolver(() => Dossier)
class DossiersResolver {
  @Query(() => [Dossier])
  @RequireOrgMember({ org: orgFromArgs() })
  ofOrg(@Args('orgId') _orgId: string) {
    return [DOSSIER, DOSSIER];
  }

  @Mutation(() => Dossier)
  @RequireUser()
  ofUser() {
    return DOSSIER;
  }

  @Query(() => Dossier)
  @OptionalUser()
  ofVisitor() {
    return DOSSIER;
  }

  @Query(() => Dossier)
  @Public()
  ofEveryone() {
    return DOSSIER;
  }

  @Subscription(() => Dossier, { resolve: () => DOSSIER })
  @RequireUser()
  async *events() {
    yield DOSSIER;
  }

  @ResolveField(() => String)
  seen(
    @CurrentUser('userId') userId: string | undefined,
    @CurrentCaller('kind') kind: string | undefined,
    @CurrentOrg('orgId') orgId: string | undefined,
  ) {
    return textOf(userId, kind, orgId);
  }

  @Query(() => Dossier)
  undecided() {
    return DOSSIER;
  }

  @ResolveField(() => String)
  @UseInterceptors(NameCaller)
  plain() {}

  @ResolveField(() => Dossier)
  next() {
    return DOSSIER;
  }
}

@Resolver(() => Dossier)
class RuledFieldResolver {
  @ResolveField(() => String)
  @RequireUser()
  @UseInterceptors(NameCaller)
  ruled() {}
}

@Resolver(() => Dossier)
class SubgraphResolver extends DossiersResolver {
  @ResolveReference()
  resolve(
    _reference: object,
    @CurrentUser('userId') userId: string | undefined,
    @CurrentCaller('kind') kind: string | undefined,
    @CurrentOrg('orgId') orgId: string | undefined,
  ) {
    return { id: textOf(userId, kind, orgId) };
  }
}

const headers = await headersOf(issuer, erin);
const NOBODY = 'none none none';
const alias = (orgId: string) => `ofOrg(orgId: "${orgId}") { seen }`;
const inOrg = (orgId: string) => ({ seen: `${erin.userId} user ${orgId}` });

describe.each<[string, Enhancer[], boolean]>([
  ['where fields have guards', ['guards'], false],
  ['where they have none', [], false],
  ['where they have guards, under requireUserByDefault', ['guards'], true],
])('A field without a rule, %s,', (_where, fieldResolverEnhancers, requireUserByDefault) => {
  const application = beforeTests(() =>
    startGuarded(
      { imports: [graphqlModule({ fieldResolverEnhancers })], providers: [DossiersResolver] },
      { requireUserByDefault },
    ),
  );

  it('has the caller and the organization of its own operation, under each alias and in each row', async () => {
    const query = `{ a: ${alias(ACME_ID)} b: ${alias(GLOBEX_ID)} ofVisitor { seen } ofEveryone { seen } }`;
    expect(await send(application, query, headers)).toEqual({
      data: {
        a: [inOrg(ACME_ID), inOrg(ACME_ID)],
        b: [inOrg(GLOBEX_ID), inOrg(GLOBEX_ID)],
        ofVisitor: { seen: `${erin.userId} user none` },
        ofEveryone: { seen: NOBODY },
      },
    });
    expect(await send(application, 'mutation { ofUser { seen } }', headers)).toEqual({
      data: { ofUser: { seen: `${erin.userId} user none` } },
    });
  });

  it('has none below an operation that has none, nor below one that was rejected', async () => {
    const rejected = `ofOrg(orgId: "${ACME_ID}") { seen }`;
    const query = `{ ofVisitor { seen } ofEveryone { seen } ${rejected} }`;
    const answer = await send(application, query);
    expect(answer.data ?? null).toBeNull();
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(await send(application, '{ ofVisitor { seen } ofEveryone { seen } }')).toEqual({
      data: { ofVisitor: { seen: NOBODY }, ofEveryone: { seen: NOBODY } },
    });
  });

  it('has none below an event of a subscription, which belongs to no connection alone', async () => {
    const client = connect(application, headers);
    expect(await nextOf(client, 'subscription { events { seen } }')).toEqual({
      data: { events: { seen: NOBODY } },
    });
  });
});

/** What {@link NameCaller} finds in each row of an organization. */
const rowsOf = (orgId: string) => {
  const plain = `${erin.userId} ${orgId}`;
  const row = { plain, ruled: `${erin.userId} none`, next: { plain } };
  return [row, row];
};

describe.each([false, true])(
  'An interceptor of a field without a rule, with requireUserByDefault: %s,',
  (requireUserByDefault) => {
    const events: AccessDecisionEvent[] = [];
    const application = beforeTests(() =>
      startGuarded(
        {
          imports: [graphqlModule({ fieldResolverEnhancers: ['guards', 'interceptors'] })],
          providers: [DossiersResolver, RuledFieldResolver],
        },
        { requireUserByDefault, onDecision: (event) => void events.push(event) },
      ),
    );

    it('finds the caller and the organization of its operation, without a decision', async () => {
      const fields = 'plain ruled next { plain }';
      const document = `{ a: ofOrg(orgId: "${ACME_ID}") { ${fields} } b: ofOrg(orgId: "${GLOBEX_ID}") { ${fields} } }`;
      const { data } = await send(application, document, headers);
      expect(data).toEqual({ a: rowsOf(ACME_ID), b: rowsOf(GLOBEX_ID) });
      expect(new Set(events.map(({ route }) => route.handler))).toEqual(
        new Set(['ofOrg', 'ruled']),
      );
    });

    it('finds the caller of a global rule alone, below an operation without one', async () => {
      const document = '{ undecided { plain } }';
      const codes = requireUserByDefault ? ['UNAUTHENTICATED'] : [];
      expect(codesOf(await send(application, document))).toEqual(codes);
      const plain = `${requireUserByDefault ? erin.userId : 'none'} none`;
      expect(await send(application, document, headers)).toEqual({
        data: { undecided: { plain } },
      });
    });
  },
);

describe.each([
  [true, `${erin.userId} user none`],
  [false, NOBODY],
])('A subgraph, with requireUserByDefault: %s', (requireUserByDefault, seen) => {
  it('has the caller of global rules in references and below _entities, and otherwise none', async () => {
    const application = await startGuarded(
      {
        imports: [subgraphModule({ autoSchemaFile: { federation: 2 } })],
        providers: [SubgraphResolver],
      },
      // The audit finds the parameters of the reference, whatever the caller.
      { requireUserByDefault, startupAudit: 'warn' },
    );
    const query =
      '{ _entities(representations: [{ __typename: "Dossier", id: "1" }]) { ... on Dossier { id seen } } }';
    // Even an operation of the same request that has an organization does not lend it.
    const both = `{ ofOrg(orgId: "${ACME_ID}") { seen } ${query.slice(1)}`;
    expect((await send(application, both, headers)).data).toMatchObject({
      ofOrg: [inOrg(ACME_ID), inOrg(ACME_ID)],
      _entities: [{ id: seen, seen }],
    });
  });
});
