import { PropelAuthConfigurationError } from './configuration.error.js';
import type { KeyValueStore } from './key-value-store.interface.js';
import { checkBoolean, checkInteger, checkKeyValueStore, checkOptions } from './option-checks.js';

/** The checked options for end-user API keys, with defaults. */
export function checkApiKeys(value: unknown = {}) {
  const { cacheSeconds, store, imported } = checkOptions(
    'apiKeys',
    value,
    ['cacheSeconds', 'store', 'imported'],
    'Set it to { cacheSeconds, store, imported }, or remove it to ask PropelAuth for every request.',
  );
  const checkedSeconds = checkInteger('apiKeys.cacheSeconds', cacheSeconds, {
    minimum: 0,
    maximum: 300,
    fallback: 0,
  });
  return {
    cacheSeconds: checkedSeconds,
    store: checkStore(store, checkedSeconds),
    imported: checkBoolean('apiKeys.imported', imported, false),
  };
}

function checkStore(store: unknown, cacheSeconds: number): KeyValueStore | undefined {
  const checked = checkKeyValueStore('apiKeys.store', store);
  if (checked !== undefined && cacheSeconds === 0) {
    throw new PropelAuthConfigurationError(
      'apiKeys.store has no effect without apiKeys.cacheSeconds. Set cacheSeconds to a number of seconds from 1 to 300, or ' +
        'remove the store.',
    );
  }
  return checked;
}

/**
 * The cache of validated end-user API keys, and whether imported ones are accepted, for {@link PropelAuthModuleOptions.apiKeys}.
 *
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *   apiKey: process.env.PROPELAUTH_API_KEY!,
 *   apiKeys: { cacheSeconds: 60 },
 * })
 * ```
 *
 * @publicApi
 */
export interface ApiKeysOptions {
  /**
   * How many seconds a valid key is cached, counted from PropelAuth's validation: an integer from 0 to 300. A key that was revoked, has
   * expired or is rate limited is accepted for that long. Default: 0, which asks PropelAuth for every request.
   */
  cacheSeconds?: number;

  /**
   * A store that shares the cache between the instances of a service: any Keyv store, or a `Keyv` itself. It needs `cacheSeconds`. Entries
   * carry a code that only services with the same `authUrl` and `apiKey` can create; others are ignored. Entries are not encrypted: they
   * contain what PropelAuth returns about the owner of a key, but never the key. Default: each process has its own cache.
   */
  store?: KeyValueStore;

  /**
   * Whether PropelAuth is asked about keys that were made elsewhere and imported into PropelAuth (`importApiKey`). It is a second request
   * for every key that PropelAuth did not create, known or unknown. Rules without `kind` then accept imported keys as well. Default:
   * `false`, which rejects them with 401, and fails startup for a rule with `kind: 'imported'`.
   */
  imported?: boolean;
}
