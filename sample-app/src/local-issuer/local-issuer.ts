import { exportSPKI, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import type { ManualTokenVerificationMetadata } from 'nestjs-propelauth';
import { claimsOf } from './access-token-claims.js';
import type { Person } from './people.js';

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

  /** An access token, valid for as long as one of PropelAuth. */
  accessTokenOf(person: Person): Promise<string> {
    return new SignJWT(claimsOf(person))
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(this.origin)
      .setIssuedAt()
      .setExpirationTime('30 minutes')
      .sign(this.privateKey);
  }
}
