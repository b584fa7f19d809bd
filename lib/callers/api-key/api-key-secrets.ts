import type { ResolvedOptions } from '../../options/resolved-options.js';
import { DerivedSecret } from '../../values/derived-secret.js';

type ProjectOptions = Pick<ResolvedOptions, 'readApiKey' | 'authUrl'>;

/**
 * An end-user API key is cached under a cache key that only services of the same project can compute, with a code that only they can
 * make. The secrets for it come from the integration key and the auth URL, so that staging
 * and production have nothing in common even in one store, and each has one purpose.
 */
export class ApiKeySecrets {
  private readonly cacheKeySecret: DerivedSecret;
  private readonly sealSecret: DerivedSecret;

  constructor(options: ProjectOptions) {
    this.cacheKeySecret = deriveSecret(options, 'cache key of an API key, version 1');
    this.sealSecret = deriveSecret(options, 'seal of a stored API key validation, version 2');
  }

  /** The cache key of an API key. It reveals nothing about the API key without the secret. */
  cacheKeyOf(apiKey: string): string {
    return this.cacheKeySecret.macOf(apiKey);
  }

  /** The code that a stored value carries. Its parts are joined unmistakably if only the last may hold a line break. */
  sealOf(...parts: string[]): string {
    return this.sealSecret.macOf(parts.join('\n'));
  }

  /** Whether a value carries the code that it should. */
  isSealed(seal: string, ...parts: string[]): boolean {
    return this.sealSecret.isMacOf(seal, parts.join('\n'));
  }
}

function deriveSecret(options: ProjectOptions, purpose: string): DerivedSecret {
  return new DerivedSecret(options.readApiKey(), purpose, options.authUrl.origin);
}
