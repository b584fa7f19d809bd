import { Args, Mutation, Query, Resolver, type GqlModuleOptions } from '@nestjs/graphql';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  DenyImpersonation,
  orgFromArgs,
  RequireApiKey,
  RequireOrgMember,
  RequireStepUpMfa,
  RequireUserOrApiKey,
  type ApiKeyValidation,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import request from 'supertest';
import { aliceInAcme } from '../../callers/api-key/api-keys.js';
import { Backend } from '../../support/backend.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, graphqlModule, send, type GraphqlAnswer } from '../../support/graphql.js';
import { ACME, ACME_ID, alice, GLOBEX_ID, headersOf } from '../../support/project.js';

@Resolver()
class ScriptsResolver {
  @Query(() => String)
  @RequireApiKey()
  script(@CurrentApiKey() apiKey: ApiKeyValidation) {
    return apiKey.user?.userId ?? '';
  }

  @Query(() => String)
  @RequireUserOrApiKey()
  either(@CurrentUser() user: User | null, @CurrentApiKey() apiKey: ApiKeyValidation | null) {
    return user === null ? `script of ${apiKey?.user?.userId}` : `user ${user.userId}`;
  }

  @Query(() => String)
  @RequireUserOrApiKey()
  @RequireOrgMember({ org: orgFromArgs() })
  org(@Args('orgId') _orgId: string, @CurrentOrg() org: OrgMemberInfo) {
    return org.orgId;
  }

  @Query(() => String)
  @DenyImpersonation()
  inPerson(@CurrentUser() user: User) {
    return user.userId;
  }

  @Mutation(() => Boolean)
  @RequireApiKey()
  change() {
    return true;
  }

  @Query(() => String, { nullable: true })
  @RequireStepUpMfa('OPEN_VAULT')
  vault() {
    return '';
  }

  @Mutation(() => String, { nullable: true })
  @RequireStepUpMfa('WITHDRAW')
  withdraw(@CurrentUser() user: User) {
    return user.userId;
  }
}

const backend = await Backend.start();
backend.apiKeys.set('member-key', {
  status: 200,
  body: {
    user: { user_id: 'user-alice', email: 'alice@example.com' },
    org: { org_id: ACME_ID, name: ACME.orgName, metadata: {} },
    user_in_org: aliceInAcme,
  },
});
const application = await startGuarded({
  imports: [graphqlModule()],
  providers: [ScriptsResolver],
});

/** Several operations in one HTTP request: the option of Apollo, and that of Mercurius. */
const BATCHES = { allowBatchedHttpRequests: true, allowBatchedQueries: true };
const batching = await startGuarded(
  { imports: [graphqlModule(BATCHES as GqlModuleOptions)], providers: [ScriptsResolver] },
  { debugMode: true },
);

describe('A GraphQL resolver', () => {
  it.each<[string, Record<string, string>]>([
    ['', {}],
    [', even with an Upgrade header', { upgrade: 'x' }],
  ])(
    'validates its API key once per request for many guarded resolvers%s',
    async (_what, headers) => {
      backend.bodies.length = 0;
      const aliases = ['a', 'b', 'c'].map((alias) => `${alias}: script`).join(' ');
      const answer = await send(application, `{ ${aliases} }`, {
        ...headers,
        'x-api-key': 'member-key',
      });
      expect(codesOf(answer)).toEqual([]);
      const mutations = ['a', 'b', 'c'].map((alias) => `${alias}: change`).join(' ');
      await send(application, `mutation { ${mutations} }`, {
        ...headers,
        'x-api-key': 'member-key',
      });
      expect(backend.bodies).toHaveLength(2);
    },
  );

  it.each<Record<string, string>>([
    { 'X-API-Key': 'member-key' },
    { Authorization: 'Bearer member-key' },
  ])('reads an API key from a header: %j', async (headers) => {
    expect(await send(application, '{ script }', headers)).toEqual({
      data: { script: 'user-alice' },
    });
    expect(await send(application, '{ either }', headers)).toEqual({
      data: { either: 'script of user-alice' },
    });
  });

  it('accepts a user under @RequireUserOrApiKey(), and only a key under @RequireApiKey()', async () => {
    const headers = await headersOf(issuer, alice);
    expect(await send(application, '{ either }', headers)).toEqual({
      data: { either: `user ${alice.userId}` },
    });
    expect(codesOf(await send(application, '{ script }', headers))).toEqual(['UNAUTHENTICATED']);
    expect(codesOf(await send(application, '{ script }'))).toEqual(['UNAUTHENTICATED']);
  });

  it('rejects an unknown key, and a key next to a token', async () => {
    const both = { 'X-API-Key': 'member-key', ...(await headersOf(issuer, alice)) };
    for (const headers of [{ 'X-API-Key': 'unknown' }, both]) {
      expect(codesOf(await send(application, '{ either }', headers))).toEqual(['UNAUTHENTICATED']);
    }
  });

  it('restricts a key to its organization, for each alias', async () => {
    const query = `{ org(orgId: "${ACME_ID}") }`;
    const headers = { 'X-API-Key': 'member-key' };
    expect(await send(application, query, headers)).toEqual({ data: { org: ACME_ID } });
    const other = `{ org(orgId: "${GLOBEX_ID}") }`;
    expect(codesOf(await send(application, other, headers))).toEqual(['FORBIDDEN']);
  });

  it('can reject impersonators', async () => {
    const impersonated = await headersOf(issuer, { ...alice, impersonatorUserId: 'employee' });
    expect(codesOf(await send(application, '{ inPerson }', impersonated))).toEqual(['FORBIDDEN']);
    expect(await send(application, '{ inPerson }', await headersOf(issuer, alice))).toEqual({
      data: { inPerson: alice.userId },
    });
  });

  it('requires a step-up grant, which is valid for one alias', async () => {
    const headers = await headersOf(issuer, alice);
    expect(codesOf(await send(application, 'mutation { withdraw }', headers))).toEqual([
      'FORBIDDEN',
    ]);
    backend.grants.set('grant', { userId: alice.userId, actionType: 'WITHDRAW' });
    const withGrant = { ...headers, 'X-Step-Up-Grant': 'grant' };
    const both = 'mutation { one: withdraw two: withdraw }';
    const answer = await send(application, both, withGrant);
    expect(answer.data).toEqual({ one: alice.userId, two: null });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(codesOf(await send(application, both, withGrant))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  it('verifies an invalid step-up grant of an operation once', async () => {
    backend.bodies.length = 0;
    const aliases = Array.from({ length: 100 }, (_, index) => `a${index}: vault`).join(' ');
    const headers = { ...(await headersOf(issuer, alice)), 'X-Step-Up-Grant': 'junk' };
    const answer = await send(application, `{ ${aliases} }`, headers);
    expect(new Set(codesOf(answer))).toEqual(new Set(['FORBIDDEN']));
    expect(backend.bodies).toHaveLength(1);
  });
});

const grantHeaders = async () => ({
  ...(await headersOf(issuer, alice)),
  'X-Step-Up-Grant': 'grant',
});

const vaults = (count: number) =>
  `{ ${Array.from({ length: count }, (_, index) => `a${index}: vault`).join(' ')} }`;

describe('The step-up questions of one HTTP request', () => {
  const LIMIT = 10;

  beforeEach(() => {
    backend.reset();
    // A grant that is valid for some time, and not for one use.
    backend.grantAnswers.set('grant', { status: 200, body: {} });
  });

  it('are at most ten, however many fields need a grant; the others are rejected', async () => {
    const answer = await send(batching, vaults(1_000), await grantHeaders());
    expect(backend.bodies).toHaveLength(LIMIT);
    expect(answer.errors).toHaveLength(1_000 - LIMIT);
    expect(answer.errors?.[0]).toMatchObject({
      message: 'This operation needs more step-up grants than the 10 that are verified for one',
      extensions: { code: 'FORBIDDEN', reason: 'step_up_required' },
    });
    const next = await send(batching, vaults(LIMIT), await grantHeaders());
    expect(next.errors).toBeUndefined();
  });

  it('are at most ten, however many operations it contains', async () => {
    const operations = Array.from({ length: 50 }, () => ({ query: vaults(1) }));
    const { body } = await request(batching.url)
      .post('/graphql')
      .set(await grantHeaders())
      .send(operations)
      .expect(200);
    expect(backend.bodies).toHaveLength(LIMIT);
    const answers = body as GraphqlAnswer[];
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(LIMIT);
    expect(answers).toHaveLength(50);
  });
});
