import { TestIssuer } from 'nestjs-propelauth/testing';
import { stopClock } from '../../support/fake-timers.js';
import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, connect, graphqlModule, nextOf, send } from '../../support/graphql.js';
import { ACME_ID, alice, bob, carol, GLOBEX_ID, headersOf, ROLES } from '../../support/project.js';
import { GuardedResolver } from './guarded.resolver.js';

const start = (options: object) =>
  startGuarded(
    { imports: [graphqlModule({ fullWsTransport: true })], providers: [GuardedResolver] },
    { requireUserByDefault: true, ...options },
  );

const application = await start({});
const authorization = await issuer.authorization(alice);
const ofAlice = { Authorization: authorization };
const ofBob = { Authorization: await issuer.authorization(bob) };
const bareToken = await issuer.accessToken(alice);
const forged = await headersOf(await TestIssuer.create({ roles: ROLES }), alice);

/** Mercurius passes on other things before a subscription than after it. */
const OPERATIONS = ['{ me }', 'subscription { ticks }', '{ me }'];

type Places = [what: string, parameters: Record<string, unknown>, headers?: Record<string, string>];

// More connection parameters are in test/attacks/connection-params.ts, more callers in test/calls/outcomes.md.
describe('A connection of graphql-ws has the user of', () => {
  it.each<Places>([
    ['the connection parameter Authorization', ofAlice],
    ['the connection parameter authorization', { authorization }],
    ['the header of the request that opened it', {}, ofAlice],
    ['the same token in both', { authorization }, ofAlice],
    [
      'the token next to other headers in the parameters',
      { authorization, headers: { 'x-client': 'web' } },
    ],
  ])('%s', async (_what, parameters, headers = {}) => {
    const client = connect(application, parameters, headers);
    for (const operation of OPERATIONS) {
      const field = operation === '{ me }' ? 'me' : 'ticks';
      expect(await nextOf(client, operation)).toEqual({ data: { [field]: alice.userId } });
    }
  });
});

describe('A connection of graphql-ws has no user with', () => {
  const headers = { authorization };

  it.each<Places>([
    ['no token', {}],
    ['a forged token', forged],
    ['a token without Bearer', { Authorization: bareToken }],
    ['a number', { Authorization: 7 }],
    ['the same name twice', { ...ofAlice, authorization }],
    ['another parameter', { token: bareToken }],
    ['different tokens in two places', { authorization }, ofBob],
    ['a token in the parameter headers', { headers }],
    ['a token there and the same', { headers, ...ofAlice }],
    ['a token there and another', { headers, ...ofBob }],
    ['a token there and the same in the header', { headers }, ofAlice],
    ['a token there and another in the header', { headers }, ofBob],
  ])('%s: all operations are UNAUTHENTICATED', async (_what, parameters, sent = {}) => {
    const client = connect(application, parameters, sent);
    const rename = `mutation { rename(orgId: "${ACME_ID}") }`;
    for (const operation of [rename, ...OPERATIONS]) {
      const answer = await nextOf(client, operation);
      expect(codesOf(answer)).toEqual(['UNAUTHENTICATED']);
      expect(answer.errors?.[0]?.message).toBe('Unauthorized');
    }
    expect(await nextOf(connect(application, {}), '{ visitor }')).toEqual({
      data: { visitor: null },
    });
  });
});

describe('An operation over graphql-ws', () => {
  it('is checked every time, each alias for its own organization', async () => {
    const client = connect(application, { authorization: await issuer.authorization(carol) });
    const both = `mutation { a: rename(orgId: "${ACME_ID}") b: rename(orgId: "${GLOBEX_ID}") }`;
    for (let time = 0; time < 3; time++) {
      const answer = await nextOf(client, both);
      expect(answer.data).toEqual({ a: `${carol.userId} renames ${ACME_ID}`, b: null });
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
    }
  });

  it.each([{}, { tokenCache: false }])(
    'is rejected as soon as the token of the connection has expired: %j',
    async (options) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { exp: now + 100 };
      const expiring = { authorization: await issuer.authorization(alice, { claims }) };
      const client = connect(await start(options), expiring);
      stopClock(now * 1000);
      for (const operation of OPERATIONS) {
        expect(codesOf(await nextOf(client, operation))).toEqual([]);
      }
      jest.setSystemTime((now + 160) * 1000);
      for (const operation of OPERATIONS) {
        expect(codesOf(await nextOf(client, operation))).toEqual(['UNAUTHENTICATED']);
      }
    },
  );

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

it('A subscription over HTTP POST returns nothing, because Nest runs no guards for it', async () => {
  for (const headers of [{}, await headersOf(issuer, alice)]) {
    const answer = await send(application, 'subscription { ticks }', headers);
    expect(answer).toMatchObject({ data: null });
  }
});
