import { SignJWT } from 'jose';
import { generateRsaKeyPair, type KeyPair } from './keys.js';
import { API_KEY, AUTH_URL } from './project.js';

/** Signs any claims, for tests of tokens; all others have the TestIssuer of the package. */
export class Issuer {
  readonly keys: KeyPair;

  constructor(
    keys: KeyPair = generateRsaKeyPair(),
    readonly issuer: string = AUTH_URL,
  ) {
    this.keys = keys;
  }

  /** Options of the module that verify this issuer's tokens without any request. */
  get moduleOptions() {
    return {
      authUrl: AUTH_URL,
      apiKey: API_KEY,
      manualTokenVerificationMetadata: { verifierKey: this.keys.publicKeyPem, issuer: this.issuer },
    };
  }

  /**
   * An access token with these claims, valid for half an hour unless the claims say otherwise. A claim that is `undefined`
   * is left out.
   */
  accessToken(claims: Record<string, unknown>): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.issuer, iat: now, exp: now + 1800, ...claims };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .sign(this.keys.privateKey);
  }

  /** The value of an Authorization header with such a token. */
  async authorization(claims: Record<string, unknown>): Promise<string> {
    return `Bearer ${await this.accessToken(claims)}`;
  }

  /** The headers of a request by someone with these claims; none for nobody. */
  async headersOf(claims: Record<string, unknown> | null): Promise<Record<string, string>> {
    return claims === null ? {} : { Authorization: await this.authorization(claims) };
  }
}
