import { isNetworkError, mayHaveBeenSent, networkErrorCode } from './network-error.js';

function failedFetch(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

describe('isNetworkError', () => {
  it.each<[string, unknown, boolean]>([
    ['a failed fetch', failedFetch(new Error('read')), true],
    ['an interrupted response', new TypeError('terminated', { cause: new Error('closed') }), true],
    ['a programming error', new TypeError('undefined is not a function'), false],
    ['an error with a cause', new Error('Rejected', { cause: new Error('read') }), false],
    ['no error', 'fetch failed', false],
    ['nothing', undefined, false],
  ])('distinguishes network errors from others: %s', (_what, thrown, expected) => {
    expect(isNetworkError(thrown)).toBe(expected);
  });
});

describe('mayHaveBeenSent', () => {
  it.each(['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'])(
    'returns false if no request can have been sent: %s',
    (code) => {
      expect(mayHaveBeenSent(failedFetch({ code }))).toBe(false);
    },
  );

  it.each([
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EPIPE',
    'ETIMEDOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_SOCKET',
    undefined,
  ])('returns true if a request may have been sent: %s', (code) => {
    expect(mayHaveBeenSent(failedFetch({ code }))).toBe(true);
  });
});

describe('networkErrorCode', () => {
  it.each<[unknown, string | undefined]>([
    [{ code: 'ECONNRESET' }, 'ECONNRESET'],
    [{ code: 7 }, undefined],
    [{ code: 'Bearer of a key' }, undefined],
    [{}, undefined],
    [null, undefined],
    ['ECONNRESET', undefined],
  ])('returns only an error code: %j', (cause, expected) => {
    expect(networkErrorCode(failedFetch(cause))).toBe(expected);
  });
});
