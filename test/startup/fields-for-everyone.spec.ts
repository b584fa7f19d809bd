import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Public, RequireUser } from 'nestjs-propelauth';
import { accessTable, expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../support/access-matrix.js';
import { graphqlModule, send } from '../support/graphql.js';
import { startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';

@ObjectType()
class Draft {
  @Field()
  id!: string;
}

/** Its class has another name than its type. */
@ObjectType('Ledger')
class LedgerModel {
  @Field()
  id!: string;

  @Field(() => [Draft])
  drafts!: Draft[];
}

@Resolver(() => LedgerModel)
class LedgersResolver {
  @Query(() => LedgerModel)
  @Public()
  publicLedger() {
    return { id: 'l1' };
  }

  @Query(() => LedgerModel)
  @RequireUser()
  ledger() {
    return { id: 'l2' };
  }

  @ResolveField(() => String)
  balance() {
    return 'the balance';
  }

  /** Nobody reaches drafts without passing this rule. */
  @ResolveField(() => [Draft])
  @RequireUser()
  drafts() {
    return [{ id: 'd1' }];
  }
}

@Resolver(() => Draft)
class DraftsResolver {
  @ResolveField(() => String)
  text() {
    return 'the text';
  }
}

@Resolver()
class OpenResolver {
  @Query(() => Draft)
  draft() {
    return { id: 'd2' };
  }
}

const PUBLIC = {
  'Ledger.balance': 'public',
  'Ledger.drafts': 'user',
  'Query.ledger': 'user',
  'Query.publicLedger': 'public',
};

const DEFAULTS: [string, Partial<PropelAuthOptions>][] = [
  ['without requireUserByDefault', {}],
  ['under requireUserByDefault', { requireUserByDefault: true }],
];

describe.each(DEFAULTS)('describeAccess() of a field without a rule, %s', (_default, options) => {
  const start = (...providers: (typeof DraftsResolver | typeof OpenResolver)[]) =>
    startGuarded(
      { imports: [graphqlModule()], providers: [LedgersResolver, ...providers] },
      options,
    );

  it('says public below a public operation, which is what a stranger gets', async () => {
    const application = await start();
    expect(accessTable(application.app)).toEqual(PUBLIC);
    const response = await send(application, '{ publicLedger { balance } }');
    expect(response).toMatchObject({ data: { publicLedger: { balance: 'the balance' } } });
  });

  it('lists none below a guarded operation or a field with a rule', async () => {
    const { app } = await start(DraftsResolver);
    expect(accessTable(app)).toEqual(PUBLIC);
  });
});

describe('describeAccess() of a field without a rule, below an open operation', () => {
  it('says open, and toHaveNoOpenHandlers() fails for it', async () => {
    const providers = [OpenResolver, DraftsResolver];
    const application = await startGuarded({ imports: [graphqlModule()], providers });
    const open = { 'Draft.text': 'open', 'Query.draft': 'open' };
    expect(accessTable(application.app)).toEqual(open);
    expect(await send(application, '{ draft { text } }')).toMatchObject({
      data: { draft: { text: 'the text' } },
    });
    expect(() => expectAccess(application.app).toHaveNoOpenHandlers()).toThrow(/Draft\.text: open/);
  });

  it('lists none if requireUserByDefault guards the operation', async () => {
    const providers = [OpenResolver, DraftsResolver];
    const options = { requireUserByDefault: true };
    const { app } = await startGuarded({ imports: [graphqlModule()], providers }, options);
    expect(accessTable(app)).toEqual({ 'Query.draft': 'user' });
  });
});

describe('toHold()', () => {
  it('calls no field that belongs to its operation', async () => {
    const { app } = await startMatrixApplication({
      imports: [graphqlModule()],
      providers: [LedgersResolver],
    });
    await expectAccess(app).toHold();
  });
});
