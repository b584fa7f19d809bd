import { issuer, startGuarded } from '../../support/guarded-application.js';
import { codesOf, graphqlModule, send } from '../../support/graphql.js';
import { ACME_ID, alice, bob, carol, GLOBEX_ID, headersOf } from '../../support/project.js';
import { GuardedResolver } from './guarded.resolver.js';

/** More often than Mercurius, with `jit: 1`, sees a query before it compiles it. */
const TIMES = 4;

const application = await startGuarded({
  imports: [graphqlModule({ jit: 1 })],
  providers: [GuardedResolver],
});

describe('A query that Mercurius compiles', () => {
  it('is checked for each alias, every time', async () => {
    const headers = await headersOf(issuer, carol);
    const both = `mutation { a: rename(orgId: "${ACME_ID}") b: rename(orgId: "${GLOBEX_ID}") }`;
    for (let time = 0; time < TIMES; time++) {
      const answer = await send(application, both, headers);
      expect(answer.data).toEqual({ a: `${carol.userId} renames ${ACME_ID}`, b: null });
      expect(codesOf(answer)).toEqual(['FORBIDDEN']);
      expect(codesOf(await send(application, both))).toEqual([
        'UNAUTHENTICATED',
        'UNAUTHENTICATED',
      ]);
    }
  });

  it('injects the caller’s own user in many concurrent requests', async () => {
    const people = [alice, bob, undefined, carol];
    const headers = await Promise.all(
      people.map(async (person) => (person === undefined ? {} : headersOf(issuer, person))),
    );
    for (let time = 0; time < TIMES; time++) {
      const answers = await Promise.all(
        headers.map((each) => send(application, '{ visitor }', each)),
      );
      expect(answers.map(({ data }) => data?.visitor)).toEqual(
        people.map((person) => person?.userId ?? null),
      );
    }
  });

  it('is checked for each row of a list', async () => {
    const headers = await headersOf(issuer, alice);
    const secrets = `{ reports { secret(orgId: "${ACME_ID}") } }`;
    for (let time = 0; time < TIMES; time++) {
      const secret = `${ACME_ID} ${ACME_ID}`;
      expect(await send(application, secrets, headers)).toEqual({
        data: { reports: [{ secret }, { secret }] },
      });
      expect(codesOf(await send(application, secrets))).toEqual([
        'UNAUTHENTICATED',
        'UNAUTHENTICATED',
      ]);
    }
  });
});
