import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import {
  getCurrentOrg,
  getCurrentUser,
  PropelAuthModule,
  type AccessDecisionEvent,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import { TestIssuer } from 'nestjs-propelauth/testing';
import { TokenVerifier } from '../../../lib/callers/user/token-verifier.js';
import { startApplication, type RunningApplication } from '../../support/application.js';
import { stopClock } from '../../support/fake-timers.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, connect, graphqlModule, nextOf, send } from '../../support/graphql.js';
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

/** What the guard leaves on a request. */
interface AnyRequest {
  user?: User;
  org?: OrgMemberInfo;
}

function start(options: Partial<Parameters<typeof PropelAuthModule.forRoot>[0]> = {}) {
  return startGuarded({ imports: [graphqlModule()], providers: [GuardedResolver] }, options);
}

const THREE_RENAMES = `mutation {
  a: rename(orgId: "${ACME_ID}") b: rename(orgId: "${ACME_ID}") c: rename(orgId: "${ACME_ID}")
}`;

/** How often a token is verified from here on. */
function countVerifications({ app }: RunningApplication) {
  return jest.spyOn(app.get(TokenVerifier), 'verify');
}

describe('A GraphQL request', () => {
  it.each([{}, { tokenCache: false as const }])(
    'verifies its token once for many guarded resolvers (%j)',
    async (options) => {
      const application = await start(options);
      const verifications = countVerifications(application);
      expect(
        codesOf(await send(application, THREE_RENAMES, await headersOf(issuer, alice))),
      ).toEqual([]);
      expect(verifications).toHaveBeenCalledTimes(1);
    },
  );

  it.each([{}, { tokenCache: false as const }])(
    'verifies a forged token once, even if it is rejected several times (%j)',
    async (options) => {
      const application = await start(options);
      const verifications = countVerifications(application);
      const headers = await headersOf(await TestIssuer.create({ roles: ROLES }), alice);
      expect(codesOf(await send(application, THREE_RENAMES, headers))).toEqual([
        'UNAUTHENTICATED',
        'UNAUTHENTICATED',
        'UNAUTHENTICATED',
      ]);
      expect(verifications).toHaveBeenCalledTimes(1);
    },
  );

  it('shares no verified caller with another request', async () => {
    const application = await start({ tokenCache: false });
    const verifications = countVerifications(application);
    for (const person of [alice, bob, alice]) {
      expect(await send(application, '{ me }', await headersOf(issuer, person))).toEqual({
        data: { me: person.userId },
      });
    }
    expect(verifications).toHaveBeenCalledTimes(3);
  });

  it.each([{}, { tokenCache: false as const }])(
    'checks the expiry of its token each time over a WebSocket (%j)',
    async (options) => {
      const application = await start(options);
      const now = Math.floor(Date.now() / 1000);
      const authorization = await issuer.authorization(alice, { claims: { exp: now + 100 } });
      const client = connect(application, { authorization });
      stopClock(now * 1000);
      expect(await nextOf(client, 'subscription { ticks }')).toEqual({
        data: { ticks: alice.userId },
      });
      jest.setSystemTime((now + 160) * 1000);
      expect(codesOf(await nextOf(client, 'subscription { ticks }'))).toEqual(['UNAUTHENTICATED']);
    },
  );

  it('has the caller of each resolver for interceptors and logging tools', async () => {
    const seen: unknown[] = [];
    class SeeingInterceptor implements NestInterceptor {
      intercept(context: ExecutionContext, next: CallHandler) {
        const { req } = GqlExecutionContext.create(context).getContext<{ req: AnyRequest }>();
        seen.push([
          getCurrentUser(context)?.userId,
          getCurrentOrg(context)?.orgId,
          req.user?.userId,
          req.org?.orgId,
        ]);
        return next.handle();
      }
    }
    const application = await startGuarded(
      { imports: [graphqlModule()], providers: [GuardedResolver] },
      {},
      (app) => app.useGlobalInterceptors(new SeeingInterceptor()),
    );
    const erin = userIn('erin', { ...ACME, role: 'Member' }, { ...GLOBEX, role: 'Member' });
    const query = `mutation { a: rename(orgId: "${ACME_ID}") b: rename(orgId: "${GLOBEX_ID}") }`;
    await send(application, query, await headersOf(issuer, erin));
    expect(seen).toEqual([
      [erin.userId, ACME_ID, erin.userId, ACME_ID],
      [erin.userId, GLOBEX_ID, erin.userId, GLOBEX_ID],
    ]);
  });

  it('has the reason of a rejection with debugMode', async () => {
    const application = await start({ debugMode: true });
    const { errors } = await send(application, '{ me }');
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'UNAUTHENTICATED',
      errorCode: 'token_missing',
      reason: 'token_missing',
    });
  });

  it.each([
    [{}, { code: 'UNAUTHENTICATED', errorCode: 'token_missing' }],
    [{ errorCodes: false }, { code: 'UNAUTHENTICATED' }],
  ])('has a code and no reason without debugMode: %j', async (options, extensions) => {
    const application = await start(options);
    const { errors = [] } = await send(application, '{ me }');
    const { code, errorCode, reason, ...others } = errors[0]?.extensions ?? {};
    expect({ code, errorCode, reason }).toEqual(extensions);
    expect(JSON.stringify(others)).not.toContain('token_missing"');
  });

  it('reports the resolver to onDecision', async () => {
    const events: AccessDecisionEvent[] = [];
    const application = await start({ onDecision: (event) => events.push(event) });
    await send(
      application,
      `mutation { rename(orgId: "${ACME_ID}") }`,
      await headersOf(issuer, carol),
    );
    await send(application, '{ me }');
    expect(events).toEqual([
      {
        allowed: true,
        credential: 'access-token',
        userId: carol.userId,
        orgId: ACME_ID,
        route: { controller: 'GuardedResolver', handler: 'rename' },
      },
      {
        allowed: false,
        reason: 'token_missing',
        route: { controller: 'GuardedResolver', handler: 'me' },
      },
    ]);
  });

  it('returns the code SERVICE_UNAVAILABLE while no token can be verified', async () => {
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
