import type { UserClass } from '@propelauth/node-apis';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { generateRsaKeyPair } from '../../../test/support/keys.js';
import type { PropelAuthModuleOptions } from '../../options/propel-auth-module-options.interface.js';
import { accessSubject } from '../../plugins/current-access.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { TokenCache } from './user-caller-kind.js';
import type { VerifiedToken } from './token-verifier.js';

const key = generateRsaKeyPair().publicKey;
const otherKey = generateRsaKeyPair().publicKey;

function createCache(tokenCache?: PropelAuthModuleOptions['tokenCache']): TokenCache {
  return new TokenCache(new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY, tokenCache }));
}

function verified(userId: string, verifiedWith = key): VerifiedToken {
  return {
    user: { userId } as UserClass,
    subject: accessSubject(userId, [], { issuedAt: 0, expiresAt: 0 }),
    validUntil: 0,
    key: verifiedWith,
  };
}

describe('TokenCache', () => {
  it('returns an entry for its exact token only', () => {
    const cache = createCache();
    const alice = verified('alice');
    cache.set('token-1', alice);
    expect(cache.get('token-1', key)).toBe(alice);
    expect(cache.get('token-2', key)).toBeUndefined();
    expect(cache.get('TOKEN-1', key)).toBeUndefined();
  });

  it('keeps the most recently used tokens up to its limit', () => {
    const cache = createCache({ maxEntries: 2 });
    cache.set('token-1', verified('1'));
    cache.set('token-2', verified('2'));
    cache.get('token-1', key);
    cache.set('token-3', verified('3'));
    expect(cache.get('token-1', key)).toEqual(verified('1'));
    expect(cache.get('token-2', key)).toBeUndefined();
    expect(cache.get('token-3', key)).toEqual(verified('3'));
  });

  it('keeps fewer tokens if they are unusually long', () => {
    const cache = createCache({ maxEntries: 4 });
    const tokens = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(4_000));
    for (const token of tokens) cache.set(token, verified(token));
    const remembered = tokens.filter((token) => cache.get(token, key) !== undefined);
    // 2,048 characters for each entry: room for two of these.
    expect(remembered).toEqual(tokens.slice(2));
  });

  it('is cleared for good when the key changes', () => {
    const cache = createCache();
    cache.set('token-1', verified('1'));
    expect(cache.get('token-1', otherKey)).toBeUndefined();
    expect(cache.get('token-1', key)).toBeUndefined();
  });

  it('is cleared when an entry is stored under another key', () => {
    const cache = createCache();
    cache.set('token-1', verified('1'));
    cache.set('token-2', verified('2', otherKey));
    expect(cache.get('token-2', otherKey)).toEqual(verified('2', otherKey));
    expect(cache.get('token-1', otherKey)).toBeUndefined();
  });

  it('counts its entries, hits and misses', () => {
    const cache = createCache();
    expect(cache.counts).toEqual({ entries: 0, hits: 0, misses: 0 });
    cache.get('token-1', key);
    cache.set('token-1', verified('1'));
    cache.get('token-1', key);
    cache.get('token-1', key);
    expect(cache.counts).toEqual({ entries: 1, hits: 2, misses: 1 });
    expect(createCache(false).counts).toBeUndefined();
  });
});
