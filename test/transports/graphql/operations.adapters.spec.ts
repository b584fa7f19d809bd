import {
  ValidationPipe,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import {
  Args,
  ArgsType,
  Field,
  GqlExecutionContext,
  Mutation,
  Query,
  ResolveField,
  Resolver,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import { Length } from 'class-validator';
import {
  CurrentOrg,
  CurrentUser,
  getCurrentOrg,
  getCurrentUser,
  orgFromArgs,
  OrgMemberInfo,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireStepUpMfa,
  RequireUser,
  User,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import request from 'supertest';
import { TokenVerifier } from '../../../lib/callers/user/token-verifier.js';
import { personalKey } from '../../callers/api-key/api-keys.js';
import { beforeTests, startApplication } from '../../support/application.js';
import { Backend } from '../../support/backend.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../../support/guarded-application.js';
import { codesOf, graphqlModule, send, type GraphqlAnswer } from '../../support/graphql.js';
import {
  ACME,
  ACME_ID,
  alice,
  API_KEY,
  AUTH_URL,
  bob,
  carol,
  GLOBEX,
  GLOBEX_ID,
  headersOf,
  ROLES,
  userIn,
} from '../../support/project.js';
import { PropelAuthServer } from '../../support/propelauth-server.js';
import { GuardedResolver } from './guarded.resolver.js';

const erin = userIn('erin', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Owner' });
const forger = await TestIssuer.create({ roles: ROLES });

const start = (options: Partial<PropelAuthOptions> = {}, resolver: Type = GuardedResolver) =>
  startGuarded({ imports: [graphqlModule()], providers: [resolver] }, options);

const renames = (...orgIds: string[]) =>
  `mutation { ${orgIds.map((id, index) => `a${index}: rename(orgId: "${id}")`).join(' ')} }`;

// Who gets in, and with which caller, is in test/calls/outcomes.md.
describe('The fields of a GraphQL operation', () => {
  interface AnyRequest {
    user?: User;
    org?: OrgMemberInfo;
  }
  let seen: unknown[] = [];
  const events: AccessDecisionEvent[] = [];

  /** As logging tools do. */
  class SeeingInterceptor implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler) {
      const { req } = GqlExecutionContext.create(context).getContext<{ req: AnyRequest }>();
      seen.push([getCurrentUser(context)?.userId, getCurrentOrg(context)?.orgId]);
      seen.push([req.user?.userId, req.org?.orgId]);
      return next.handle();
    }
  }

  const application = beforeTests(() =>
    startGuarded(
      { imports: [graphqlModule()], providers: [GuardedResolver] },
      { requireUserByDefault: true, onDecision: (event) => events.push(event) },
      (app) => app.useGlobalInterceptors(new SeeingInterceptor()),
    ),
  );
  const sendAs = async (user: TestUser | null, query: string) =>
    send(application, query, await headersOf(issuer, user));

  beforeEach(() => {
    seen = [];
    events.length = 0;
  });

  it('have the organization of their alias, as interceptors have', async () => {
    expect(await sendAs(erin, renames(ACME_ID, GLOBEX_ID))).toEqual({
      data: {
        a0: `${erin.userId} renames ${ACME_ID}`,
        a1: `${erin.userId} renames ${GLOBEX_ID}`,
      },
    });
    const [inAcme, inGlobex] = [ACME_ID, GLOBEX_ID].map((orgId) => [erin.userId, orgId]);
    expect(seen).toEqual([inAcme, inAcme, inGlobex, inGlobex]);
  });

  it('are checked for each alias: the second of three organizations is rejected', async () => {
    const answer = await sendAs(carol, renames(ACME_ID, GLOBEX_ID, ACME_ID));
    const renamed = `${carol.userId} renames ${ACME_ID}`;
    expect(answer.data).toEqual({ a0: renamed, a1: null, a2: renamed });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['a1']]);
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
  });

  it('have their own organization if they are resolved at the same time, in each row', async () => {
    const query = `{ reports { a: secret(orgId: "${ACME_ID}") b: secret(orgId: "${GLOBEX_ID}") } }`;
    const both = { a: `${ACME_ID} ${ACME_ID}`, b: `${GLOBEX_ID} ${GLOBEX_ID}` };
    expect(await sendAs(erin, query)).toEqual({ data: { reports: [both, both] } });
    expect(codesOf(await sendAs(null, query))).toEqual(Array(4).fill('UNAUTHENTICATED'));
  });

  it('are rejected at their path', async () => {
    const { data, errors } = await sendAs(null, '{ me }');
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ message: 'Unauthorized', path: ['me'] }]);
  });

  it('are reported to onDecision', async () => {
    await sendAs(carol, renames(ACME_ID));
    await sendAs(null, '{ me }');
    expect(events).toMatchObject([
      {
        allowed: true,
        credential: 'access-token',
        userId: carol.userId,
        orgId: ACME_ID,
        route: { controller: 'GuardedResolver', handler: 'rename' },
        rule: 'members of the org in argument orgId',
        address: '127.0.0.1',
      },
      {
        allowed: false,
        reason: 'token_missing',
        route: { controller: 'GuardedResolver', handler: 'me' },
      },
    ]);
  });
});

describe('A GraphQL request', () => {
  it.each([{}, { tokenCache: false as const }])(
    'verifies its token once, even if it is rejected several times (%j)',
    async (options) => {
      const application = await start(options);
      for (const [by, code] of [[issuer], [forger, 'UNAUTHENTICATED']] as const) {
        const verify = jest.spyOn(application.app.get(TokenVerifier), 'verify');
        const headers = await headersOf(by, alice);
        const answer = await send(application, renames(ACME_ID, ACME_ID, ACME_ID), headers);
        expect(codesOf(answer)).toEqual(code === undefined ? [] : Array(3).fill(code));
        expect(verify).toHaveBeenCalledTimes(1);
        verify.mockRestore();
      }
    },
  );

  it('shares no verified caller with another request', async () => {
    const application = await start({ tokenCache: false });
    const verify = jest.spyOn(application.app.get(TokenVerifier), 'verify');
    for (const person of [alice, bob, alice]) {
      expect(await send(application, '{ me }', await headersOf(issuer, person))).toEqual({
        data: { me: person.userId },
      });
    }
    expect(verify).toHaveBeenCalledTimes(3);
  });

  it.each([
    [{ debugMode: true }, { errorCode: 'token_missing', reason: 'token_missing' }],
    [{}, { errorCode: 'token_missing' }],
    [{ errorCodes: false }, {}],
  ])('is told about a rejection what the options say: %j', async (options, told) => {
    const { errors = [] } = await send(await start(options), '{ me }');
    const { code, errorCode, reason, ...others } = errors[0]?.extensions ?? {};
    expect({ code, errorCode, reason }).toEqual({ code: 'UNAUTHENTICATED', ...told });
    expect(JSON.stringify(others)).not.toContain('token_missing"');
  });

  it('gets the code SERVICE_UNAVAILABLE while no token can be verified', async () => {
    const server = await PropelAuthServer.start();
    server.answers({ status: 500 });
    const application = await startApplication({
      imports: [PropelAuthModule.forRoot({ authUrl: AUTH_URL, apiKey: API_KEY }), graphqlModule()],
      providers: [GuardedResolver],
    });
    const headers = await headersOf(issuer, alice);
    expect(codesOf(await send(application, '{ me }', headers))).toEqual(['SERVICE_UNAVAILABLE']);
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
  const typeDefs =
    'type Query { ofClass: String, ofMethod: String } type Subscription { none: String }';
  const graphql = { autoSchemaFile: false, typeDefs, fieldResolverEnhancers: [] };
  const application = beforeTests(() =>
    startGuarded(
      { imports: [graphqlModule(graphql)], providers: [RootFieldsResolver] },
      { requireUserByDefault: true },
    ),
  );

  it.each(['{ ofClass }', '{ ofMethod }'])(
    'is an operation that requireUserByDefault applies to: %s',
    async (query) => {
      expect(codesOf(await send(application, query))).toEqual(['UNAUTHENTICATED']);
      const headers = await headersOf(issuer, alice);
      expect(codesOf(await send(application, query, headers))).toEqual([]);
    },
  );
});

@ArgsType()
class RenameArgs {
  @Field()
  orgId!: string;

  @Field()
  @Length(3, 20)
  name!: string;
}

@Resolver()
class AccountsResolver {
  @Query(() => String)
  @RequireUser()
  me(@CurrentUser() user: User, @Args('times') times: number): string {
    return `${user instanceof User} ${Object.isFrozen(user)} ${user.userId} ${typeof times}`;
  }

  @Mutation(() => String)
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  rename(@CurrentOrg() org: OrgMemberInfo, @Args() args: RenameArgs): string {
    return `${args instanceof RenameArgs} ${org.orgName} ${args.name}`;
  }
}

describe('Under a ValidationPipe that validates custom decorators, a resolver', () => {
  const pipe = { validateCustomDecorators: true, transform: true, whitelist: true };
  const application = beforeTests(() =>
    startGuarded({ imports: [graphqlModule()], providers: [AccountsResolver] }, {}, (app) =>
      app.useGlobalPipes(new ValidationPipe(pipe)),
    ),
  );

  it.each([
    [
      'gets @CurrentUser() unchanged, next to an argument with an inferred type',
      '{ me(times: 2) }',
      { data: { me: 'true true user-alice number' }, errors: [] },
    ],
    [
      'gets @CurrentOrg() unchanged, next to arguments that are transformed',
      `mutation { rename(orgId: "${ACME_ID}", name: "Globex") }`,
      { data: { rename: 'true Acme Inc Globex' }, errors: [] },
    ],
    [
      'has its arguments validated',
      `mutation { rename(orgId: "${ACME_ID}", name: "G") }`,
      { data: null, errors: [{ message: 'Bad Request Exception' }] },
    ],
  ])('%s', async (_what, query, expected) => {
    const headers = await headersOf(issuer, alice);
    const { data = null, errors = [] } = await send(application, query, headers);
    expect({ data, errors }).toMatchObject(expected);
  });
});

@Resolver()
class ScriptsResolver {
  @Query(() => String, { nullable: true })
  @RequireApiKey()
  script() {
    return null;
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

const aliases = (count: number, field: string) =>
  `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} }`;

/** Several operations in one HTTP request: the option of Apollo, and that of Mercurius. */
const BATCHES = { allowBatchedHttpRequests: true, allowBatchedQueries: true } as GqlModuleOptions;

describe('PropelAuth is asked by one HTTP request', () => {
  const LIMIT = 10;
  let backend: Backend;
  let ofAlice: Record<string, string>;
  const application = beforeTests(() =>
    startGuarded(
      { imports: [graphqlModule(BATCHES)], providers: [ScriptsResolver] },
      { debugMode: true },
    ),
  );
  beforeAll(async () => {
    backend = await Backend.start();
    ofAlice = await headersOf(issuer, alice);
  });
  beforeEach(() => {
    backend.reset();
    backend.apiKeys.set('key', { status: 200, body: personalKey });
    // A grant that is valid for some time, and not for one use.
    backend.grantAnswers.set('lasting', { status: 200, body: {} });
  });

  it.each<Record<string, string>>([{}, { upgrade: 'x' }])(
    'once about an API key, for many guarded resolvers, with the headers %j',
    async (headers) => {
      const withKey = { ...headers, 'x-api-key': 'key' };
      for (const operation of [aliases(3, 'script'), `mutation ${aliases(3, 'change')}`]) {
        expect(codesOf(await send(application, operation, withKey))).toEqual([]);
      }
      expect(backend.bodies).toHaveLength(2);
    },
  );

  it('about a step-up grant for one use, which is valid for one alias', async () => {
    const both = 'mutation { one: withdraw two: withdraw }';
    const codes = ['FORBIDDEN', 'FORBIDDEN'];
    expect(codesOf(await send(application, both, ofAlice))).toEqual(codes);
    backend.grants.set('once', { userId: alice.userId, actionType: 'WITHDRAW' });
    const withGrant = { ...ofAlice, 'X-Step-Up-Grant': 'once' };
    const answer = await send(application, both, withGrant);
    expect(answer.data).toEqual({ one: alice.userId, two: null });
    expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    expect(codesOf(await send(application, both, withGrant))).toEqual(codes);
  });

  it('once about an invalid step-up grant', async () => {
    const headers = { ...ofAlice, 'X-Step-Up-Grant': 'junk' };
    const answer = await send(application, aliases(100, 'vault'), headers);
    expect(new Set(codesOf(answer))).toEqual(new Set(['FORBIDDEN']));
    expect(backend.bodies).toHaveLength(1);
  });

  it('ten times about step-up grants, however many fields need one; the others are rejected', async () => {
    const headers = { ...ofAlice, 'X-Step-Up-Grant': 'lasting' };
    const answer = await send(application, aliases(1_000, 'vault'), headers);
    expect(backend.bodies).toHaveLength(LIMIT);
    expect(answer.errors).toHaveLength(1_000 - LIMIT);
    expect(answer.errors?.[0]).toMatchObject({
      message: 'This operation needs more step-up grants than the 10 that are verified for one',
      extensions: { code: 'FORBIDDEN', reason: 'step_up_required' },
    });
    const next = await send(application, aliases(LIMIT, 'vault'), headers);
    expect(next.errors).toBeUndefined();
  });

  it('ten times about step-up grants, however many operations it contains', async () => {
    const headers = { ...ofAlice, 'X-Step-Up-Grant': 'lasting' };
    const operations = Array.from({ length: 50 }, () => ({ query: aliases(1, 'vault') }));
    const { body } = await request(application.url)
      .post('/graphql')
      .set(headers)
      .send(operations)
      .expect(200);
    expect(backend.bodies).toHaveLength(LIMIT);
    const answers = body as GraphqlAnswer[];
    expect(answers.filter(({ errors }) => errors === undefined)).toHaveLength(LIMIT);
    expect(answers).toHaveLength(50);
  });
});
