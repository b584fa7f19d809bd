import type { ApiKeysOptions } from './api-keys-options.interface.js';
import { PropelAuthConfigurationError } from './configuration.error.js';
import type { KeyValueStore } from './key-value-store.interface.js';
import { checkInteger, checkKeyValueStore } from './option-checks.js';

/** How end-user API keys are remembered: everything checked, and every default filled in. */
export interface ResolvedApiKeysOptions {
  readonly cacheSeconds: number;
  readonly store: KeyValueStore | undefined;
}

export function checkApiKeys(value: unknown): ResolvedApiKeysOptions {
  const { cacheSeconds, store, ...unknown } = asObject(
    value === undefined ? {} : value,
  ) as ApiKeysOptions;
  const [unknownKey] = Object.keys(unknown);
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `apiKeys.${unknownKey} is not an option. Remove it or correct its spelling; apiKeys takes cacheSeconds and store.`,
    );
  }
  const checkedSeconds = checkInteger('apiKeys.cacheSeconds', cacheSeconds, {
    minimum: 0,
    maximum: 300,
    fallback: 0,
  });
  return { cacheSeconds: checkedSeconds, store: checkStore(store, checkedSeconds) };
}

function asObject(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PropelAuthConfigurationError(
      'apiKeys is not an object. Set it to { cacheSeconds, store }, or remove it to ask PropelAuth for every request.',
    );
  }
  return value;
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
