import * as fc from 'fast-check';
import { PropelAuthModule } from 'nestjs-propelauth';
import {
  readAuthorizationHeader,
  readBearerToken,
} from '../../../lib/transports/http/http-call.js';
import type { RequestHeaders } from '../../../lib/transports/request-headers.js';
import { UserCallerKind } from '../../../lib/callers/user/user-caller-kind.js';
import { TokenVerifier } from '../../../lib/callers/user/token-verifier.js';
import { startApplication } from '../../support/application.js';
import { stopClock } from '../../support/fake-timers.js';
import { forge, NOW, PROJECT_KEYS, type JsonObject } from '../../support/forge.js';
import { alice, bob } from '../../support/claims.js';
import { Issuer } from '../../support/issuer.js';
import { PATIENCE } from '../../support/thorough.js';
import { claimsWith, VALID_TOKEN } from '../../attacks/attack.js';
import { casesOf } from '../../attacks/cases.js';
import { anyClaims, mutatedToken } from './tokens.arbitrary.js';
import { Rejection } from '../../../lib/rejections/rejection.js';

/** What came of it: a rejection is an answer, everything else that is thrown is a failure. */
async function outcomeOf<T>(ask: () => T | Promise<T>): Promise<T | Rejection> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
}

describe('The Authorization header, with any content,', () => {
  const name = fc.constantFrom('Authorization', 'authorization', 'AUTHORIZATION', 'Authorizatioń');
  const headers = fc.array(fc.tuple(fc.oneof(name, fc.string()), fc.string()), { maxLength: 6 });

  it('is read if it is sent once, and rejected if it is sent repeatedly', async () => {
    await fc.assert(
      fc.asyncProperty(headers, fc.boolean(), async (pairs, isBehindAdapter) => {
        const values = pairs.filter(([key]) => key.toLowerCase() === 'authorization');
        const rawHeaders = pairs.flat();
        const request: RequestHeaders = {
          headers: values.length === 0 ? {} : { authorization: values[0]?.[1] },
          ...(isBehindAdapter ? { raw: { rawHeaders } } : { rawHeaders }),
        };
        const outcome = await outcomeOf(() => readAuthorizationHeader(request));
        const isRepeated = values.length > 1;
        expect(outcome).toEqual(isRepeated ? new Rejection('token_malformed') : values[0]?.[1]);
      }),
      casesOf('the Authorization headers of a request'),
    );
  });

  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(
        fc.constantFrom('Bearer', 'bearer', 'BEARER', 'Basic', 'Bearer\u0130', ' Bearer'),
        fc.constantFrom(' ', '', '\t', '\u00a0', ':'),
        fc.string({ unit: 'binary' }),
      )
      .map((parts) => parts.join('')),
  );

  it('is accepted only as "Bearer ", one space, and the token', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(text, async (header) => {
        const outcome = await outcomeOf(() => readBearerToken(header));
        const token = /^bearer (.*)$/is.exec(header)?.[1];
        if (token !== undefined) read++;
        expect(outcome instanceof Rejection ? undefined : outcome).toBe(token);
      }),
      casesOf('the text of an Authorization header'),
    );
    // The generator still finds both.
    expect(read).toBeGreaterThan(casesOf('the text of an Authorization header').numRuns / 50);
  });
});

stopClock(NOW * 1000);
const application = await startApplication({
  imports: [PropelAuthModule.forRoot(new Issuer(PROJECT_KEYS).moduleOptions)],
});
const authenticator = application.app.get(UserCallerKind);
const verifier = application.app.get(TokenVerifier);

describe('The verification of tokens', () => {
  const originals = new Map([
    [VALID_TOKEN, alice.user_id],
    [forge(claimsWith(bob)), bob.user_id],
  ]);

  it(
    'rejects every mutation of a token, with a reason',
    async () => {
      let unchanged = 0;
      await fc.assert(
        fc.asyncProperty(mutatedToken([...originals.keys()]), async (token) => {
          const outcome = await outcomeOf(() => authenticator.authenticate(token));
          const userId = originals.get(token);
          if (userId !== undefined) unchanged++;
          expect(outcome instanceof Rejection ? undefined : outcome.user.userId).toBe(userId);
        }),
        casesOf('mutated tokens'),
      );
      expect(unchanged).toBeLessThan(casesOf('mutated tokens').numRuns / 10);
    },
    PATIENCE,
  );

  it(
    'converts any signed claims to a user or a rejection',
    async () => {
      let accepted = 0;
      await fc.assert(
        fc.asyncProperty(anyClaims, async (claims: JsonObject) => {
          const token = forge(claims);
          const outcome = await outcomeOf(() => authenticator.authenticate(token));
          const mayBeValid = !(outcome instanceof Rejection) || outcome.reason === 'user_invalid';
          expect(verifier.unverifiedIssueTime(token)).toBe(mayBeValid ? claims['iat'] : undefined);
          if (outcome instanceof Rejection) return;
          accepted++;
          expect(outcome.user.userId).toBe(claims['user_id']);
        }),
        casesOf('signed claims of any shape'),
      );
      expect(accepted).toBeGreaterThan(casesOf('signed claims of any shape').numRuns / 100);
    },
    PATIENCE,
  );
});
