import {
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import type { ResolvedOptions } from '../../options/resolved-options.js';

type ProjectOptions = Pick<ResolvedOptions, 'readApiKey' | 'authUrl'>;

/**
 * An end-user API key is cached under a cache key that only services of the same project can compute, with a code that only they can
 * make. The secrets for it come from the integration key and the auth URL, so that staging
 * and production have nothing in common even in one store, and each has one purpose (RFC 5869).
 */
export class ApiKeySecrets {
  private readonly cacheKeySecret: KeyObject;
  private readonly sealSecret: KeyObject;

  constructor(options: ProjectOptions) {
    this.cacheKeySecret = deriveSecret(options, 'cache key of an API key, version 1');
    this.sealSecret = deriveSecret(options, 'seal of a stored API key validation, version 2');
  }

  /** The cache key of an API key. It reveals nothing about the API key without the secret. */
  cacheKeyOf(apiKey: string): string {
    return hmac(this.cacheKeySecret, apiKey).toString('base64url');
  }

  /** The code that a stored value carries. Its parts are joined unmistakably if only the last may hold a line break. */
  sealOf(...parts: string[]): string {
    return hmac(this.sealSecret, parts.join('\n')).toString('base64url');
  }

  /** Whether a value carries the code that it should; takes the same time wherever they differ. */
  isSealed(seal: string, ...parts: string[]): boolean {
    const given = Buffer.from(seal);
    const expected = Buffer.from(this.sealOf(...parts));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

function deriveSecret(options: ProjectOptions, purpose: string): KeyObject {
  const secret = hkdfSync(
    'sha256',
    options.readApiKey(),
    options.authUrl.origin,
    `nestjs-propelauth: ${purpose}`,
    32,
  );
  return createSecretKey(Buffer.from(secret));
}

function hmac(secret: KeyObject, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
