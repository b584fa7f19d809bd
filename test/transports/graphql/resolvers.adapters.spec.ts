import { Query, ResolveField, Resolver } from '@nestjs/graphql';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { beforeTests } from '../../support/application.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../../support/graphql.js';
import {
  ACME,
  ACME_ID,
  alice,
  carol,
  dave,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  ROLES,
  userIn,
} from '../../support/project.js';
import { GuardedResolver } from './guarded.resolver.js';

const erin = userIn('erin', { ...ACME, role: 'Member' }, { ...GLOBEX, role: 'Admin' });

describe('A GraphQL resolver', () => {
  const application = beforeTests(() =>
    startGuarded(
      {
        imports: [graphqlModule()],
        providers: [GuardedResolver],
      },
      { requireUserByDefault: true },
    ),
  );

  async function sendAs(user: TestUser | null, query: string) {
    return send(application, query, await headersOf(issuer, user));
  }

  it('injects the user with @CurrentUser()', async () => {
    expect(await sendAs(alice, '{ me }')).toEqual({ data: { me: alice.userId } });
  });

  it('rejects an unauthenticated request with the code UNAUTHENTICATED', async () => {
    const answer = await sendAs(null, '{ me }');
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(answer.errors?.[0]?.message).toBe('Unauthorized');
    expect(answer.errors?.[0]?.path).toEqual(['me']);
    expect(answer.data ?? null).toBeNull();
  });

  it('rejects a forged token with the code UNAUTHENTICATED', async () => {
    const headers = await headersOf(await TestIssuer.create({ roles: ROLES }), alice);
    expect(codesOf(await send(application, '{ me }', headers))).toEqual(['UNAUTHENTICATED']);
  });

  it('has no user without a token under @OptionalUser()', async () => {
    expect(await sendAs(null, '{ visitor }')).toEqual({ data: { visitor: null } });
    expect(await sendAs(alice, '{ visitor }')).toEqual({ data: { visitor: alice.userId } });
  });

  it('accepts every caller if it is public, and so do its fields without a rule', async () => {
    expect(await sendAs(null, '{ report { id title } }')).toEqual({
      data: { report: { id: 'r1', title: 'A title' } },
    });
  });

  it('keeps the rule of a field, even under a public query', async () => {
    const query = `{ reports { id secret(orgId: "${ACME_ID}") } }`;
    expect(codesOf(await sendAs(null, query))).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(codesOf(await sendAs(carol, query))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    const secret = `${ACME_ID} ${ACME_ID}`;
    expect(await sendAs(alice, query)).toEqual({
      data: {
        reports: [
          { id: 'r1', secret },
          { id: 'r2', secret },
        ],
      },
    });
  });

  it('finds the organization in the argument of a mutation', async () => {
    const query = `mutation { rename(orgId: "${ACME_ID}") }`;
    expect(await sendAs(carol, query)).toEqual({
      data: { rename: `${carol.userId} renames ${ACME_ID}` },
    });
    expect(codesOf(await sendAs(dave, query))).toEqual(['FORBIDDEN']);
    expect(codesOf(await sendAs(null, query))).toEqual(['UNAUTHENTICATED']);
  });

  it.each(['__proto__', 'constructor', 'toString', ''])(
    'rejects the organization "%s"',
    async (id) => {
      expect(codesOf(await sendAs(carol, `mutation { rename(orgId: "${id}") }`))).toEqual([
        'FORBIDDEN',
      ]);
    },
  );

  it('is checked for each alias: the second of two organizations is rejected', async () => {
    const query = `mutation {
      first: rename(orgId: "${ACME_ID}")
      second: rename(orgId: "${GLOBEX_ID}")
      third: rename(orgId: "${ACME_ID}")
    }`;
    const answer = await sendAs(carol, query);
    expect(answer.data).toEqual({
      first: `${carol.userId} renames ${ACME_ID}`,
      second: null,
      third: `${carol.userId} renames ${ACME_ID}`,
    });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['second']]);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });

  it('injects the organization of each alias', async () => {
    const query = `mutation {
      first: rename(orgId: "${ACME_ID}")
      second: rename(orgId: "${GLOBEX_ID}")
    }`;
    expect(await sendAs(erin, query)).toEqual({
      data: {
        first: `${erin.userId} renames ${ACME_ID}`,
        second: `${erin.userId} renames ${GLOBEX_ID}`,
      },
    });
  });

  it('injects the organization of each field that is resolved at the same time', async () => {
    const frank = userIn('frank', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Owner' });
    const query = `{ reports {
      a: secret(orgId: "${ACME_ID}")
      b: secret(orgId: "${GLOBEX_ID}")
    } }`;
    const headers = await headersOf(issuer, frank);
    const both = { a: `${ACME_ID} ${ACME_ID}`, b: `${GLOBEX_ID} ${GLOBEX_ID}` };
    expect(await send(application, query, headers)).toEqual({ data: { reports: [both, both] } });
  });
});

@Resolver('Query')
class RootFieldsResolver {
  @ResolveField('ofClass')
  ofClass() {
    return 'of the class';
  }

  @Query('ofMethod')
  @ResolveField('ofMethod')
  ofMethod() {
    return 'of the method';
  }
}

describe('A field resolver of the type Query', () => {
  it.each(['ofClass', 'ofMethod'])(
    'is an operation that requireUserByDefault applies to (%s)',
    async (field) => {
      const application = await startGuarded(
        {
          imports: [
            graphqlModule({
              autoSchemaFile: false,
              typeDefs:
                'type Query { ofClass: String, ofMethod: String } type Subscription { none: String }',
              fieldResolverEnhancers: [],
            }),
          ],
          providers: [RootFieldsResolver],
        },
        { requireUserByDefault: true },
      );
      const query = `{ ${field} }`;
      expect(codesOf(await send(application, query))).toEqual(['UNAUTHENTICATED']);
      const headers = await headersOf(issuer, alice);
      expect(codesOf(await send(application, query, headers))).toEqual([]);
    },
  );
});
