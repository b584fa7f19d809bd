import type { Type } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { startApplication } from '../support/application.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import {
  bindSelf,
  constructed,
  perRequest,
  type Outcome,
} from '../support/planted-faults/http/fault.js';
import { HTTP_FAULTS } from '../support/planted-faults/http/http-faults.js';
import { stopLogClock } from '../support/fake-timers.js';
import { ACME_ID, bob, carol, headersOf } from '../support/project.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { sampleOf } from '../support/thorough.js';

describe.each([false, true])('With requireUserByDefault: %s, a route', (requireUserByDefault) => {
  /** The answers to nobody, to a member and to an admin; why the application does not start. */
  async function answersOf(type: Type): Promise<number[] | string> {
    const options = { ...issuer.moduleOptions, requireUserByDefault };
    let url: string;
    try {
      ({ url } = await startApplication({
        imports: [PropelAuthModule.forRoot(options)],
        controllers: [type],
      }));
    } catch (error) {
      return (error as Error).message;
    }
    const statuses: number[] = [];
    for (const user of [null, carol, bob]) {
      const headers = await headersOf(issuer, user);
      const { status } = await request(url).get('/list').query({ orgId: ACME_ID }).set(headers);
      statuses.push(status);
    }
    return statuses;
  }

  const fails: unknown = expect.stringMatching(/- Reports/);
  const EXPECTED: Record<Outcome, unknown> = {
    guarded: [401, 403, 200],
    rejected: [500, 500, 500],
    'no start': fails,
    'no start, else guarded': fails,
  };

  it.each(sampleOf(Object.values(HTTP_FAULTS).flat()))(
    'keeps its rule or rejects all calls when %s',
    async (_what, plant, outcome, byDefault = outcome) => {
      expect(await answersOf(plant())).toEqual(
        EXPECTED[requireUserByDefault ? byDefault : outcome],
      );
    },
  );
});

describe('A route that rejects all calls', () => {
  it('is logged once a minute, with the number of suppressed calls', async () => {
    const clock = stopLogClock();
    const logger = new RecordingLogger();
    const { app, url } = await startGuarded({ controllers: [constructed(bindSelf, perRequest)] });
    app.useLogger(logger);
    for (const user of [null, carol, bob]) {
      await request(url, user)
        .get('/list')
        .expect(500, { message: 'Internal Server Error', statusCode: 500 });
    }
    expect(logger.of('error')).toEqual([expect.stringContaining('Reports replaces')]);
    clock.advance(60_000);
    await request(url, null).get('/list').expect(500);
    expect(logger.of('error')[1]).toContain('(identical lines left out: 2)');
  });
});
