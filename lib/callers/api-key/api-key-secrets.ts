import type { ResolvedOptions } from '../../options/resolved-options.js';
import { DerivedSecret } from '../../values/derived-secret.js';

type ProjectOptions = Pick<ResolvedOptions, 'readApiKey' | 'authUrl'>;

/**
 * The secrets for caching end-user API keys, and for telling apart those without an owner. Only services of the same project can compute
 * the cache key of an API key, its caller key, and the seal of a stored value. The secrets are derived from the integration key and the auth
 * URL, so staging and production share nothing, even in one store. Each secret has one purpose.
 */
export class ApiKeySecrets {
  private readonly cacheKeySecret: DerivedSecret;
  private readonly callerKeySecret: DerivedSecret;
  private readonly sealSecret: DerivedSecret;

  constructor(options: ProjectOptions) {
    this.cacheKeySecret = deriveSecret(options, 'cache key of an API key, version 1');
    this.callerKeySecret = deriveSecret(options, 'caller key of an API key, version 1');
    this.sealSecret = deriveSecret(options, 'seal of a stored API key validation, version 2');
  }

  /** The cache key of an API key. It reveals nothing about the API key without the secret. */
  cacheKeyOf(apiKey: string): string {
    return this.cacheKeySecret.macOf(apiKey);
  }

  /** Tells the callers with API keys apart. It reveals nothing about the API key, nor how the store names it. */
  callerKeyOf(apiKey: string): string {
    return this.callerKeySecret.macOf(apiKey);
  }

  /** The seal that a stored value carries. Only the last part may contain a line break: else other parts could have the same seal. */
  sealOf(...parts: string[]): string {
    return this.sealSecret.macOf(parts.join('\n'));
  }

  /** Whether a seal is the one for these parts. */
  isSealed(seal: string, ...parts: string[]): boolean {
    return this.sealSecret.isMacOf(seal, parts.join('\n'));
  }
}

function deriveSecret(options: ProjectOptions, purpose: string): DerivedSecret {
  return new DerivedSecret(options.readApiKey(), purpose, options.authUrl.origin);
}
