import {
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

/** A secret for one purpose, made of one that has others (RFC 5869). */
export class DerivedSecret {
  private readonly key: KeyObject;

  /**
   * @param secret what it is made of
   * @param purpose what it is for; no other secret has the same
   * @param salt what else tells secrets apart
   */
  constructor(secret: string, purpose: string, salt = '') {
    const bytes = hkdfSync('sha256', secret, salt, `nestjs-propelauth: ${purpose}`, 32);
    this.key = createSecretKey(Buffer.from(bytes));
  }

  /** The message authentication code of a text, which only those who have the secret can compute: HMAC-SHA256 in base64url. */
  macOf(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }

  /** Whether a message authentication code is that of a text. It takes the same time wherever they differ. */
  isMacOf(mac: string, text: string): boolean {
    const given = Buffer.from(mac);
    const expected = Buffer.from(this.macOf(text));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
