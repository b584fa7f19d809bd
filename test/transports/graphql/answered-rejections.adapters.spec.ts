import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { Query, ResolveField, Resolver, type GqlModuleOptions } from '@nestjs/graphql';
import { Public, RequireUser } from 'nestjs-propelauth';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../../support/graphql.js';
import { alice, headersOf } from '../../support/project.js';

/** Errors as data: Nest takes what a filter returns for the result of the resolver. */
@Catch()
class AnsweringFilter implements ExceptionFilter {
  catch(): object {
    return { id: 'fallback' };
  }
}

@Resolver('Ledger')
class LedgerResolver {
  @Query('ledger')
  @RequireUser()
  @UseFilters(AnsweringFilter)
  ledger(): object {
    return { id: 'l1' };
  }

  @Query('visit')
  @Public()
  visit(): object {
    return { query: {} };
  }

  @ResolveField('entries')
  entries(): string {
    return 'the entries';
  }
}

const OPTIONS: GqlModuleOptions = {
  autoSchemaFile: false,
  typeDefs: `
    type Query { ledger: Ledger  visit: Visit }
    type Visit { query: Query }
    type Ledger { id: ID!  entries: String }
  `,
};

describe('A field below an operation that was rejected, and answered by a filter', () => {
  it.each(['{ ledger { entries } }', '{ visit { query { ledger { entries } } } }'])(
    'does not belong to the operation that another caller was allowed with the same document: %s',
    async (document) => {
      const application = await startGuarded(
        { imports: [graphqlModule(OPTIONS)], providers: [LedgerResolver] },
        { requireUserByDefault: true },
      );
      const headers = await headersOf(issuer, alice);
      expect(codesOf(await send(application, document))).toEqual(['UNAUTHENTICATED']);
      expect(codesOf(await send(application, document, headers))).toEqual([]);
      const answer = await send(application, document);
      expect(JSON.stringify(answer.data)).not.toContain('the entries');
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    },
  );
});
