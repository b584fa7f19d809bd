import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { ManualTokenVerificationMetadata } from 'nestjs-propelauth';
import { claimsOf } from './access-token-claims.js';
import type { Person } from './people.js';

/** As long as those of PropelAuth. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 30 * 60;

/**
 * Signs access tokens as PropelAuth does, with a key that is made at start and never leaves this
 * object.
 */
export class LocalIssuer {
  /** @param origin the issuer of the tokens: where the app is reached */
  static async create(origin: string): Promise<LocalIssuer> {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    return new LocalIssuer(origin, privateKey, await exportSPKI(publicKey));
  }

  private constructor(
    readonly origin: string,
    private readonly privateKey: CryptoKey,
    private readonly publicKeyPem: string,
  ) {}

  /** What PropelAuthModule needs to verify the tokens. */
  get verificationMetadata(): ManualTokenVerificationMetadata {
    return { verifierKey: this.publicKeyPem, issuer: this.origin };
  }

  /**
   * An access token.
   *
   * @param orgId scopes it to this organization, of which the person has to be a member
   */
  accessTokenOf(person: Person, orgId?: string): Promise<string> {
    return new SignJWT(claimsOf(person, orgId))
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(this.origin)
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_LIFETIME_SECONDS} seconds`)
      .sign(this.privateKey);
  }
}
