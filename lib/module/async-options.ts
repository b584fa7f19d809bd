import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { MODULE_EXTRAS } from '../options/resolved-options.js';

const FACTORY_KEYS = ['useFactory', 'useClass', 'useExisting'];
const ASYNC_KEYS = [
  ...FACTORY_KEYS,
  'imports',
  'inject',
  'provideInjectionTokensFrom',
  ...MODULE_EXTRAS,
];

/** Rejects unknown options: a misspelled `requireUserByDefault` would silently open every route. */
export function checkAsyncOptions(options: object): void {
  for (const key of Object.keys(options)) {
    if (!ASYNC_KEYS.includes(key)) {
      throw new PropelAuthConfigurationError(
        `${key} is not an option of PropelAuthModule.forRootAsync(). It takes ${ASYNC_KEYS.join(', ')}; ` +
          'all other options are returned by the factory.',
      );
    }
  }
  const given = Object.entries(options).filter(
    ([key, value]) => FACTORY_KEYS.includes(key) && value !== undefined,
  );
  if (given.length !== 1) {
    throw new PropelAuthConfigurationError(
      `PropelAuthModule.forRootAsync() needs exactly one of ${FACTORY_KEYS.join(', ')}.`,
    );
  }
}
