import { exceptionFor, hasChallenge, responseHeadersFor } from './exception-for.js';
import { rateLimited, Rejection, unavailable } from './rejection.js';

const headersOf = (rejection: Rejection, challenge?: string): object =>
  responseHeadersFor(exceptionFor(rejection, {}, undefined, () => challenge));

describe('A rejection', () => {
  it('prints its reason or cause in logs', () => {
    expect(String(new Rejection('org_missing'))).toBe('Rejection: org_missing');
    expect(String(unavailable('No answer'))).toBe('Rejection: No answer');
  });

  it.each([
    [7, 7],
    [3_600, 3_600],
    [86_400, 3_600],
    [undefined, undefined],
  ])('sends a Retry-After of at most one hour: %s', (asked, kept) => {
    expect(unavailable('No answer', asked)).toMatchObject({ reason: 'propelauth_unavailable' });
    expect(unavailable('No answer', asked).retryAfterSeconds).toBe(kept);
  });

  it.each([
    [0, 1],
    [0.2, 1],
    [6.1, 7],
  ])('for a rate-limited API key is in whole seconds, at least one: %d', (wait, seconds) => {
    expect(rateLimited(wait)).toMatchObject({
      reason: 'api_key_rate_limited',
      retryAfterSeconds: seconds,
    });
  });
});

describe('The headers of an exception', () => {
  it('have no challenge and no Retry-After if there is none', () => {
    expect(headersOf(new Rejection('role_missing'))).toStrictEqual({});
    expect(headersOf(unavailable('No answer'))).toStrictEqual({});
    expect(headersOf(unavailable('No answer', 7))).toStrictEqual({ 'Retry-After': '7' });
    expect(headersOf(new Rejection('role_missing'), 'Bearer')).toStrictEqual({
      'WWW-Authenticate': 'Bearer',
    });
  });

  it('are empty for exceptions of the application', () => {
    expect(responseHeadersFor({ challenge: 'Bearer', retryAfterSeconds: 7 })).toStrictEqual({});
  });

  it('show whether there is a challenge', () => {
    expect(hasChallenge(exceptionFor(new Rejection('role_missing'), {}))).toBe(true);
    expect(hasChallenge(exceptionFor(unavailable('No answer', 7), {}))).toBe(false);
  });

  it('belong to an exception with a known reason', () => {
    const reason = 'api_key_rate_limited';
    expect(exceptionFor(new Rejection(reason), {})).toMatchObject({ reason });
  });
});
