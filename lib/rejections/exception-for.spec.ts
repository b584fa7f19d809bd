import { HttpException } from '@nestjs/common';
import { exceptionFor } from './exception-for.js';
import { denied } from './rejection.js';

const OPTIONS = { debugMode: false, errorCodes: true };

describe('The exception for a denial of a rule of the application', () => {
  it.each<[401 | 403, string | undefined]>([
    [401, 'Bearer error="invalid_token"'],
    [403, undefined],
  ])('has a challenge if it is a 401: %i', (status, challenge) => {
    const rejection = denied({ rule: 'plan', code: 'plan_required', status }, 60);
    expect(exceptionFor(rejection, OPTIONS)).toMatchObject({
      reason: 'rule_denied',
      rule: 'plan',
      code: 'plan_required',
      challenge,
      retryAfterSeconds: 60,
    });
  });

  it('is that of the guard which is the rule', () => {
    const response = new HttpException('No such link', 410);
    const rejection = denied({ rule: 'link', code: 'access_denied', status: 410, response });
    expect(exceptionFor(rejection, OPTIONS)).toBe(response);
  });

  it.each([new Error('The database is gone'), 'text', undefined])(
    'is for nothing else: %s',
    (error) => {
      expect(exceptionFor(error, OPTIONS)).toBe(error);
    },
  );
});
