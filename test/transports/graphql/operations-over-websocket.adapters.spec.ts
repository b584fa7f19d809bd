import { TestIssuer } from 'nestjs-propelauth/testing';
import { stopClock } from '../../support/fake-timers.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, connect, graphqlModule, nextOf } from '../../support/graphql.js';
import { ACME_ID, alice, bob, carol, GLOBEX_ID, headersOf, ROLES } from '../../support/project.js';
import { GuardedResolver } from './guarded.resolver.js';

const application = await startGuarded(
  { imports: [graphqlModule({ fullWsTransport: true })], providers: [GuardedResolver] },
  { requireUserByDefault: true },
);

describe('A query or mutation over a WebSocket', () => {
  it.each(['Authorization', 'authorization'])(
    'reads the token from the connection parameter %s, even after a subscription',
    async (name) => {
      const client = connect(application, { [name]: await issuer.authorization(alice) });
      expect(await nextOf(client, '{ me }')).toEqual({ data: { me: alice.userId } });
      expect(await nextOf(client, 'subscription { ticks }')).toEqual({
        data: { ticks: alice.userId },
      });
      expect(await nextOf(client, '{ me }')).toEqual({ data: { me: alice.userId } });
    },
  );

  it('reads the token from the header of the request that opened the WebSocket', async () => {
    const client = connect(application, {}, await headersOf(issuer, alice));
    expect(await nextOf(client, '{ me }')).toEqual({ data: { me: alice.userId } });
  });

  it.each([
    ['no token', async () => ({})],
    [
      'a forged token',
      async () => ({
        Authorization: await (await TestIssuer.create({ roles: ROLES })).authorization(alice),
      }),
    ],
    ['a number for a token', async () => ({ Authorization: 7 })],
  ])('is rejected with %s, with the code UNAUTHENTICATED', async (_what, parameters) => {
    const client = connect(application, await parameters());
    const rename = `mutation { rename(orgId: "${ACME_ID}") }`;
    expect(codesOf(await nextOf(client, rename))).toEqual(['UNAUTHENTICATED']);
    expect(codesOf(await nextOf(client, '{ me }'))).toEqual(['UNAUTHENTICATED']);
    expect(await nextOf(client, '{ visitor }')).toEqual({ data: { visitor: null } });
  });

  it('is rejected with two different tokens', async () => {
    const authorization = await issuer.authorization(alice);
    const client = connect(application, { authorization }, await headersOf(issuer, bob));
    expect(codesOf(await nextOf(client, '{ me }'))).toEqual(['UNAUTHENTICATED']);
  });

  it.each([
    ['no other token', async () => ({})],
    ['the same token', async () => ({ Authorization: await issuer.authorization(alice) })],
    ['another token', async () => ({ Authorization: await issuer.authorization(bob) })],
  ])(
    'is rejected with a token in the connection parameter headers, before and after a subscription: %s',
    async (_what, others) => {
      const headers = { authorization: await issuer.authorization(alice) };
      for (const client of [
        connect(application, { headers, ...(await others()) }),
        connect(application, { headers }, await others()),
      ]) {
        for (const operation of ['{ me }', 'subscription { ticks }', '{ me }']) {
          expect(codesOf(await nextOf(client, operation))).toEqual(['UNAUTHENTICATED']);
        }
      }
    },
  );

  it('reads the token next to other headers in the connection parameters', async () => {
    const authorization = await issuer.authorization(alice);
    const client = connect(application, { authorization, headers: { 'x-client': 'web' } });
    for (const operation of ['{ me }', 'subscription { ticks }', '{ me }']) {
      expect(codesOf(await nextOf(client, operation))).toEqual([]);
    }
  });

  it('is checked every time, each alias for its own organization', async () => {
    const client = connect(application, { authorization: await issuer.authorization(carol) });
    const both = `mutation { a: rename(orgId: "${ACME_ID}") b: rename(orgId: "${GLOBEX_ID}") }`;
    for (let time = 0; time < 3; time++) {
      const answer = await nextOf(client, both);
      expect(answer.data).toEqual({ a: `${carol.userId} renames ${ACME_ID}`, b: null });
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    }
  });

  it('is rejected as soon as the token of the connection has expired', async () => {
    const now = Math.floor(Date.now() / 1000);
    const authorization = await issuer.authorization(alice, { claims: { exp: now + 100 } });
    stopClock(now * 1000);
    const client = connect(application, { authorization });
    expect(await nextOf(client, '{ me }')).toEqual({ data: { me: alice.userId } });
    jest.setSystemTime((now + 160) * 1000);
    expect(codesOf(await nextOf(client, '{ me }'))).toEqual(['UNAUTHENTICATED']);
  });

  it('never gets the user of another connection', async () => {
    const people = [alice, bob, carol];
    const clients = await Promise.all(
      people.map(async (person) =>
        connect(application, { authorization: await issuer.authorization(person) }),
      ),
    );
    const stranger = connect(application, {});
    const answers = await Promise.all(
      [...clients, stranger, ...clients].map((client) => nextOf(client, '{ visitor }')),
    );
    const names = people.map(({ userId }) => userId);
    expect(answers.map(({ data }) => data?.visitor)).toEqual([...names, null, ...names]);
  });
});
