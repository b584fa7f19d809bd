import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserClass } from '@propelauth/node-apis';
// Imported by their own paths: all of jose takes several times as long to load.
import * as errors from 'jose/errors';
import { decodeJwt } from 'jose/jwt/decode';
import { jwtVerify } from 'jose/jwt/verify';
import { accessSubject, type AccessSubject } from '../../plugins/current-access.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { MalformedFieldError } from '../../values/json-fields.js';
import { checkTimes, nowInSeconds } from './token-times.js';
import { readUser } from './user-claims.js';
import { Rejection } from '../../rejections/rejection.js';
import type { RejectionReason } from '../../rejections/rejection-table.js';

/** A user, and until when their token is valid, leeway included (milliseconds since the epoch). */
export interface VerifiedUser {
  readonly user: UserClass;
  readonly validUntil: number;
}

/** The content of a verified token, and the key that verified it. */
export interface VerifiedToken extends VerifiedUser {
  readonly subject: AccessSubject;
  readonly key: KeyObject;
}

const ALGORITHM = 'RS256';
/** A claim of all access tokens of propelauth-emulator. */
const EMULATOR_CLAIM = 'propelauth_emulator';

/** Verifies the text of a token: signature and registered claims by `jose`, then PropelAuth's own claims. */
@Injectable()
export class TokenVerifier {
  private readonly verifyOptions;
  private readonly acceptsEmulator: boolean;

  constructor({ issuer, clockToleranceSeconds, acceptsEmulator }: ResolvedOptions) {
    this.acceptsEmulator = acceptsEmulator;
    this.verifyOptions = {
      issuer,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'iat', 'iss'],
      algorithms: [ALGORITHM],
    };
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
          detail:
            'The access token is of propelauth-emulator, which does not count under NODE_ENV=production',
        });
      }
      const { issuedAt, expiresAt, validUntil } = checkTimes(
        payload,
        this.verifyOptions.clockTolerance,
      );
      const user = readUser(payload);
      const orgIds = Object.keys(user.orgIdToUserOrgInfo ?? {});
      const subject = accessSubject(user.userId, orgIds, { issuedAt, expiresAt }, true);
      return { user, validUntil, subject, key };
    } catch (error) {
      return rejectionFor(error);
    }
  }

  /**
   * Reads when a token was issued whose signature is invalid. Nothing that it says is verified: it says only whether a request for a newer
   * key is worth it.
   *
   * @param token a text whose header `jose` has accepted
   * @returns the issue time in seconds since the epoch; `undefined` if the issuer and times make the token invalid under any key
   */
  unverifiedIssueTime(token: string): number | undefined {
    try {
      const payload = decodeJwt(token);
      const { issuer, clockTolerance } = this.verifyOptions;
      const { issuedAt, validUntil } = checkTimes(payload, this.verifyOptions.clockTolerance);
      const isValidNow =
        Date.now() < validUntil && (payload.nbf ?? 0) <= nowInSeconds() + clockTolerance;
      return payload.iss === issuer && isValidNow ? issuedAt : undefined;
    } catch (error) {
      rejectionFor(error);
      return undefined;
    }
  }
}

/**
 * The rejection for an error of the verification.
 *
 * @throws the error itself when it is neither an error of jose, of a claim, nor a rejection: then it says nothing about the token
 */
function rejectionFor(error: unknown): Rejection {
  if (error instanceof errors.JOSEError) return new Rejection(reasonOf(error));
  if (error instanceof MalformedFieldError) return new Rejection('user_invalid');
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
