import type { Type } from '@nestjs/common';
import { Field, ObjectType, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Public, RequireUser } from 'nestjs-propelauth';
import { accessTable, expectAccess } from 'nestjs-propelauth/testing';
import { startMatrixApplication } from '../support/access-matrix.js';
import { graphqlModule, send } from '../support/graphql.js';
import { startGuarded } from '../support/guarded-application.js';

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

const start = (providers: Type[], requireUserByDefault = false) =>
  startGuarded({ imports: [graphqlModule()], providers }, { requireUserByDefault });

describe('describeAccess() of a field without a rule', () => {
  it.each([false, true])(
    'says public below a public operation, and nothing below a guarded operation or field, under requireUserByDefault: %s',
    async (requireUserByDefault) => {
      const application = await start([LedgersResolver, DraftsResolver], requireUserByDefault);
      expect(accessTable(application.app)).toEqual(PUBLIC);
      // This is what a stranger gets.
      expect(await send(application, '{ publicLedger { balance } }')).toMatchObject({
        data: { publicLedger: { balance: 'the balance' } },
      });
    },
  );

  it('says open below an open operation, for which toHaveNoOpenHandlers() fails', async () => {
    const application = await start([OpenResolver, DraftsResolver]);
    const open = { 'Draft.text': 'open', 'Query.draft': 'open' };
    expect(accessTable(application.app)).toEqual(open);
    expect(await send(application, '{ draft { text } }')).toMatchObject({
      data: { draft: { text: 'the text' } },
    });
    expect(() => expectAccess(application.app).toHaveNoOpenHandlers()).toThrow(/Draft\.text: open/);
  });

  it('says nothing if requireUserByDefault guards the operation', async () => {
    const { app } = await start([OpenResolver, DraftsResolver], true);
    expect(accessTable(app)).toEqual({ 'Query.draft': 'user' });
  });
});

it('toHold() calls no field that belongs to its operation', async () => {
  const { app } = await startMatrixApplication({
    imports: [graphqlModule()],
    providers: [LedgersResolver],
  });
  await expectAccess(app).toHold();
});
