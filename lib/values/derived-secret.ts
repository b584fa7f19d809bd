import {
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

/** A secret for one purpose, derived from a secret with several purposes (RFC 5869). */
export class DerivedSecret {
  private readonly key: KeyObject;

  /**
   * @param secret the secret to derive from
   * @param purpose the unique purpose of the derived secret
   * @param salt an additional value that tells derived secrets apart. Default: none
   */
  constructor(secret: string, purpose: string, salt = '') {
    const bytes = hkdfSync('sha256', secret, salt, `nestjs-propelauth: ${purpose}`, 32);
    this.key = createSecretKey(Buffer.from(bytes));
  }

  /** The message authentication code of a text: HMAC-SHA256 in base64url. Only holders of the secret can compute it. */
  macOf(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }

  /** Whether a message authentication code belongs to a text, compared in constant time. */
  isMacOf(mac: string, text: string): boolean {
    const given = Buffer.from(mac);
    const expected = Buffer.from(this.macOf(text));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
