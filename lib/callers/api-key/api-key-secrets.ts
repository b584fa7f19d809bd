import type { ResolvedOptions } from '../../options/resolved-options.js';
import { DerivedSecret } from '../../values/derived-secret.js';

export type ApiKeySecrets = ReturnType<typeof apiKeySecrets>;

/**
 * The secrets for caching end-user API keys, and for telling apart those without an owner. Only services of the same project can compute
 * the cache key of an API key, its caller key, and the seal of a stored value. The secrets are derived from the integration key and the auth
 * URL, so staging and production share nothing, even in one store. Each secret has one purpose.
 */
export function apiKeySecrets(options: Pick<ResolvedOptions, 'readApiKey' | 'authUrl'>) {
  const secretFor = (purpose: string) =>
    new DerivedSecret(options.readApiKey(), purpose, options.authUrl.origin);
  return {
    cacheKey: secretFor('cache key of an API key, version 1'),
    /** Tells the callers with API keys apart, and does not reveal how the store names an API key. */
    callerKey: secretFor('caller key of an API key, version 1'),
    seal: secretFor('seal of a stored API key validation, version 2'),
  };
}
