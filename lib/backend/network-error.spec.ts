import { isNetworkError, mayHaveBeenSent, networkErrorCode } from './network-error.js';

function failedFetch(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}

describe('isNetworkError', () => {
  it.each<[string, unknown, boolean]>([
    ['a failed fetch', failedFetch(new Error('read')), true],
    ['an answer that broke off', new TypeError('terminated', { cause: new Error('closed') }), true],
    ['a mistake in the code', new TypeError('undefined is not a function'), false],
    ['an error with a cause', new Error('Refused', { cause: new Error('read') }), false],
    ['no error', 'fetch failed', false],
    ['nothing', undefined, false],
  ])('knows the network from what else fails: %s', (_what, thrown, expected) => {
    expect(isNetworkError(thrown)).toBe(expected);
  });
});

describe('mayHaveBeenSent', () => {
  it.each(['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT'])(
    'is sure that nothing was: %s',
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
  ])('is not sure about what can come later: %s', (code) => {
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
  ])('repeats a code and nothing else: %j', (cause, expected) => {
    expect(networkErrorCode(failedFetch(cause))).toBe(expected);
  });
});
