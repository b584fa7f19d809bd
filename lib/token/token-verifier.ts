import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { ResolvedOptions } from '../options/resolved-options.js';
import { TokenRefusal, type TokenRefusalReason } from './token-refusal.js';
import { readUser } from './user-claims.js';

/** What a verified token says: who is calling, and until when (`exp`, seconds since the epoch) it may be believed. */
export interface VerifiedToken {
  readonly user: UserClass;
  readonly expiresAt: number;
}

/** Verifies the text of a token: signature and registered claims by `jose`, then PropelAuth's own claims. */
@Injectable()
export class TokenVerifier {
  constructor(private readonly options: ResolvedOptions) {}

  /**
   * @param token a text that has the shape of a token
   * @throws {TokenRefusal} when it is not a valid access token of this project
   */
  async verify(token: string, key: KeyObject): Promise<VerifiedToken> {
    const claims = await this.verifySignature(token, key);
    const expiresAt = this.checkTimes(claims);
    return { user: readUser(claims), expiresAt };
  }

  /** Whether a token with this `exp` claim is expired now (RFC 7519, section 4.1.4, with the leeway). */
  isExpired(expiresAt: number): boolean {
    return expiresAt <= nowInSeconds() - this.options.clockToleranceSeconds;
  }

  private async verifySignature(token: string, key: KeyObject): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['RS256'],
        issuer: this.options.issuer,
        requiredClaims: ['exp', 'iat', 'iss'],
        clockTolerance: this.options.clockToleranceSeconds,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new TokenRefusal(reasonOf(error));
      throw error;
    }
  }

  /** What jose leaves open: times so large that they are no numbers any more, and tokens from the future. */
  private checkTimes({ exp, iat, nbf }: JWTPayload): number {
    if (!Number.isFinite(exp) || !Number.isFinite(iat) || !Number.isFinite(nbf ?? 0)) {
      throw new TokenRefusal('claims_invalid');
    }
    if ((iat as number) > nowInSeconds() + this.options.clockToleranceSeconds) {
      throw new TokenRefusal('token_not_yet_valid');
    }
    return exp as number;
  }
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function reasonOf(error: errors.JOSEError): TokenRefusalReason {
  if (error instanceof errors.JWTExpired) return 'token_expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature_invalid';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm_not_allowed';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss' && error.reason === 'check_failed') return 'issuer_mismatch';
    if (error.claim === 'nbf' && error.reason === 'check_failed') return 'token_not_yet_valid';
    return 'claims_invalid';
  }
  return 'token_malformed';
}
