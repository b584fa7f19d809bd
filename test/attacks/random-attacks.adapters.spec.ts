import * as fc from 'fast-check';
import { stopClock } from '../support/fake-timers.js';
import { NOW } from '../support/forge.js';
import { PATIENCE } from '../support/thorough.js';
import { sendRaw } from '../support/send-raw.js';
import { bearer, requestText, VALID_TOKEN } from './attack.js';
import { casesOf } from './cases.js';
import { hostileRequest } from './hostile-requests.arbitrary.js';
import { handlersIn } from './let-in.js';
import { startVictim } from './victim.application.js';

const GOOD_REQUEST = requestText('GET /required', [bearer(VALID_TOKEN)]);
const CASES_UNTIL_CHECK = 100;

stopClock(NOW * 1000);
const { url } = await startVictim();

async function expectValidCallerIsLetIn(): Promise<void> {
  const { status, text } = await sendRaw(url, GOOD_REQUEST);
  expect(status).toBe(200);
  expect(handlersIn(text)).not.toEqual([]);
}

describe('Random requests to every kind of route', () => {
  it(
    'reach only permitted routes, never get a 5xx, and never lock out other callers',
    async () => {
      const statuses: Record<string, number> = {};
      const reached = new Set<string>();
      let cases = 0;
      await fc.assert(
        fc.asyncProperty(hostileRequest, async ({ text, mayReach }) => {
          const answer = await sendRaw(url, text);
          for (const [, status] of answer.text.matchAll(/^HTTP\/1\.1 (\d+) /gm)) {
            expect(Number(status)).toBeLessThan(500);
          }
          // GraphQL answers with 200 in any case.
          expect(answer.text).not.toContain('INTERNAL_SERVER_ERROR');
          const handlers = handlersIn(answer.text).map(({ handler }) => handler);
          expect(mayReach).toEqual(expect.arrayContaining(handlers));
          statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
          for (const handler of handlers) reached.add(handler);
          if (++cases % CASES_UNTIL_CHECK === 0) await expectValidCallerIsLetIn();
        }),
        casesOf('requests to every kind of route'),
      );
      await expectValidCallerIsLetIn();
      // The generator still gets as far as the guard, and callers with a credential to every handler that they may reach.
      const { numRuns } = casesOf('requests to every kind of route');
      expect(statuses[401]).toBeGreaterThan(numRuns / 5);
      expect(statuses[403]).toBeGreaterThan(numRuns / 50);
      expect([...reached].toSorted()).toEqual(
        'either,in-person,key,key-of-admin,key-of-org,optional,org,org-key,owner,personal-key,required'.split(
          ',',
        ),
      );
    },
    PATIENCE,
  );
});
