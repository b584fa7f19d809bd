import { TestIssuer } from 'nestjs-propelauth/testing';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, connect, nextOf, graphqlModule, send } from '../../support/graphql.js';
import { ACME_ID, alice, bob, carol, GLOBEX_ID, headersOf, ROLES } from '../../support/project.js';
import { GuardedResolver } from './guarded.resolver.js';

const application = await startGuarded(
  { imports: [graphqlModule()], providers: [GuardedResolver] },
  { requireUserByDefault: true },
);

describe('A subscription over graphql-ws', () => {
  it.each(['Authorization', 'authorization'])(
    'reads the token from the connection parameter %s',
    async (name) => {
      const client = connect(application, { [name]: await issuer.authorization(alice) });
      expect(await nextOf(client, 'subscription { ticks }')).toEqual({
        data: { ticks: alice.userId },
      });
    },
  );

  it('reads the token from the header of the request that opened the WebSocket', async () => {
    const client = connect(application, {}, await headersOf(issuer, alice));
    expect(await nextOf(client, 'subscription { ticks }')).toEqual({
      data: { ticks: alice.userId },
    });
  });

  it('is rejected without a token, with the code UNAUTHENTICATED', async () => {
    const answer = await nextOf(connect(application, {}), 'subscription { ticks }');
    expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
    expect(answer.errors?.[0]?.message).toBe('Unauthorized');
  });

  it.each([
    [
      'a forged token',
      async () => ({
        Authorization: await (await TestIssuer.create({ roles: ROLES })).authorization(alice),
      }),
    ],
    ['a token without Bearer', async () => ({ Authorization: await issuer.accessToken(alice) })],
    ['a number', async () => ({ Authorization: 7 })],
    [
      'the same name twice',
      async () => ({
        Authorization: await issuer.authorization(alice),
        authorization: await issuer.authorization(alice),
      }),
    ],
    ['another parameter', async () => ({ token: await issuer.accessToken(alice) })],
  ])('is rejected with %s', async (_what, parameters) => {
    const client = connect(application, await parameters());
    expect(codesOf(await nextOf(client, 'subscription { ticks }'))).toEqual(['UNAUTHENTICATED']);
  });

  it('is rejected with two different tokens, but not with one in two places', async () => {
    const authorization = await issuer.authorization(alice);
    const other = await headersOf(issuer, bob);
    const two = connect(application, { authorization }, other);
    expect(codesOf(await nextOf(two, 'subscription { ticks }'))).toEqual(['UNAUTHENTICATED']);
    const one = connect(application, { authorization }, { Authorization: authorization });
    expect(await nextOf(one, 'subscription { ticks }')).toEqual({
      data: { ticks: alice.userId },
    });
  });

  it('returns nothing over HTTP POST, for which Nest runs no guards', async () => {
    for (const headers of [{}, await headersOf(issuer, alice)]) {
      expect(await send(application, 'subscription { ticks }', headers)).toMatchObject({
        data: null,
      });
    }
  });

  it('checks the organization in its argument', async () => {
    const authorization = await issuer.authorization(carol);
    const of = (orgId: string) =>
      nextOf(
        connect(application, { authorization }),
        `subscription { orgTicks(orgId: "${orgId}") }`,
      );
    expect(await of(ACME_ID)).toEqual({ data: { orgTicks: ACME_ID } });
    expect(codesOf(await of(GLOBEX_ID))).toEqual(['FORBIDDEN']);
  });
});
