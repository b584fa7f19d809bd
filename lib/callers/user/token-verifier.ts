import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
// Imported by their own paths: all of jose takes several times as long to load.
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import * as errors from 'jose/errors';
import { UnsecuredJWT } from 'jose/jwt/unsecured';
import { jwtVerify } from 'jose/jwt/verify';
import type { JWTPayload } from 'jose';
import { encode } from 'jose/base64url';
import { hasLowerCaseIds, type DatedToken } from '../../plugins/current-access.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { readUser } from './user-claims.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';

/** A user, and until when their token is valid, leeway included (milliseconds since the epoch). */
export interface VerifiedUser {
  readonly user: UserClass;
  readonly validUntil: number;
}

/** The content of a verified token, and the key that verified it. */
export interface VerifiedToken extends VerifiedUser, DatedToken {
  readonly key: KeyObject;
  /** The user as a promise: one for all who ask for it. */
  promise: Promise<UserClass> | undefined;
}

const ALGORITHM = 'RS256';
/** A claim of all access tokens of propelauth-emulator. */
const EMULATOR_CLAIM = 'propelauth_emulator';
const UNSECURED_HEADER = encode('{"alg":"none"}');

/** Verifies the text of a token: signature and registered claims by `jose`, then PropelAuth's own claims. */
@Injectable()
export class TokenVerifier {
  private readonly claimOptions;
  private readonly verifyOptions;

  private readonly acceptsEmulator: boolean;

  constructor({ issuer, clockToleranceSeconds, acceptsEmulator }: ResolvedOptions) {
    this.acceptsEmulator = acceptsEmulator;
    this.claimOptions = {
      issuer,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'iat', 'iss'],
    };
    this.verifyOptions = { ...this.claimOptions, algorithms: [ALGORITHM] };
  }

  /**
   * @param token a text that has the shape of a token
   * @returns the content of the token, or the rejection if it is not a valid access token of this project
   */
  async verify(token: string, key: KeyObject): Promise<VerifiedToken | Rejection> {
    try {
      const { payload } = await jwtVerify(token, key, this.verifyOptions);
      if (!this.acceptsEmulator && EMULATOR_CLAIM in payload) {
        throw new Rejection('issuer_mismatch', {
          detail: 'it is of propelauth-emulator, with NODE_ENV=production',
        });
      }
      const { issuedAt, expiresAt, validUntil } = this.checkTimes(payload);
      const user = readUser(payload);
      return {
        user,
        validUntil,
        issuedAt,
        expiresAt,
        hasLowerCaseIds: hasLowerCaseIds(user),
        key,
        promise: undefined,
      };
    } catch (error) {
      return rejectionFor(error);
    }
  }

  /**
   * Checks everything about a token except its signature. A token that passes is not verified: it is only worth a request for a key.
   *
   * @param token a text that has the shape of a token
   * @throws {Rejection} when it cannot be a valid access token of this project, under whatever key
   */
  checkUnverified(token: string): { issuedAt: number } {
    const claims = this.decodeUnverified(token);
    const { issuedAt } = this.checkTimes(claims);
    readUser(claims);
    return { issuedAt };
  }

  /** The claims of a token, checked by `jose` as those of a token that has no signature. */
  private decodeUnverified(token: string): JWTPayload {
    try {
      if (decodeProtectedHeader(token).alg !== ALGORITHM)
        throw new Rejection('algorithm_not_allowed');
      const claims = token.split('.')[1] as string;
      return UnsecuredJWT.decode(`${UNSECURED_HEADER}.${claims}.`, this.claimOptions).payload;
    } catch (error) {
      throw error instanceof TypeError ? new Rejection('token_malformed') : rejectionFor(error);
    }
  }

  /** Checks that jose does not make: times too large for a number, and tokens from the future. */
  private checkTimes({
    exp,
    iat,
    nbf,
  }: JWTPayload): Pick<VerifiedToken, 'issuedAt' | 'expiresAt' | 'validUntil'> {
    if (!isTime(exp) || !isTime(iat) || !isTime(nbf ?? 0)) throw new Rejection('claims_invalid');
    if (iat > nowInSeconds() + this.claimOptions.clockTolerance) {
      throw new Rejection('token_not_yet_valid');
    }
    // RFC 7519, section 4.1.4. Clocks are compared in whole seconds, as by jose.
    const validUntil = Math.ceil(exp + this.claimOptions.clockTolerance) * 1000;
    return { issuedAt: iat, expiresAt: exp, validUntil };
  }
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}

function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * The rejection for an error of the verification.
 *
 * @throws the error itself when it is neither an error of jose nor a rejection: then it says nothing about the token
 */
function rejectionFor(error: unknown): Rejection {
  if (error instanceof errors.JOSEError) return new Rejection(reasonOf(error));
  if (error instanceof Rejection) return error;
  throw error;
}

function reasonOf(error: errors.JOSEError): RejectionReason {
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
