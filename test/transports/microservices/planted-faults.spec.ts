import type { Type } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, bob, carol } from '../../support/project.js';
import {
  connectLate,
  startHybrid,
  startMicroservice,
  type MessageClient,
} from '../../support/microservice.js';
import {
  constructed,
  CONSTRUCTED_MESSAGES,
  WRAPPED_MESSAGES,
} from '../../support/planted-faults/rpc-faults.js';
import { tokenFromMessage } from './guarded.messages.js';

function metadataOf(controller: Type, requireUserByDefault: boolean) {
  const options = { ...issuer.moduleOptions, tokenSource: tokenFromMessage, requireUserByDefault };
  return { imports: [PropelAuthModule.forRoot(options)], controllers: [controller] };
}

/** What nobody, a member and an admin are told. */
async function answersOf(client: MessageClient): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const user of [null, carol, bob]) {
    const accessToken = user === null ? undefined : await issuer.accessToken(user);
    const answer = await client.rejectionOf('list', { orgId: ACME_ID, accessToken });
    answers.push((answer as { code?: string }).code ?? answer);
  }
  return answers;
}

const GUARDED = ['UNAUTHENTICATED', 'FORBIDDEN', { answered: expect.any(String) as unknown }];
const REJECTED = Array<string>(3).fill('INTERNAL_SERVER_ERROR');

const withOutcome = (wanted: string) =>
  CONSTRUCTED_MESSAGES.filter(([, , outcome]) => outcome === wanted);

describe.each([
  ['a microservice', startMicroservice],
  ['a hybrid application', startHybrid],
])('A message handler of %s', (_what, start) => {
  it.each(withOutcome('no start'))('fails startup when %s', async (_fault, controller) => {
    for (const byDefault of [false, true]) {
      await expect(start(metadataOf(controller, byDefault))).rejects.toThrow(
        'Reports.list (message): Another function replaces this method',
      );
    }
  });

  it.each(withOutcome('rejected'))('rejects all calls when %s', async (_fault, controller) => {
    for (const byDefault of [false, true]) {
      const client = await start(metadataOf(controller, byDefault));
      expect(await answersOf(client)).toEqual(REJECTED);
      expect(await client.send('other', {})).toBe('others');
    }
  });

  it.each(WRAPPED_MESSAGES)('keeps its rule when %s', async (_fault, controller) => {
    expect(await answersOf(await start(metadataOf(controller, false)))).toEqual(GUARDED);
  });
});

describe('A microservice that is connected when the application has started', () => {
  it('has guarded handlers, even without inheritAppConfig', async () => {
    const { app } = await startHybrid(
      metadataOf(
        constructed(() => {}),
        true,
      ),
    );
    const client = await connectLate(app);
    expect(await answersOf(client)).toEqual(GUARDED);
  });
});
