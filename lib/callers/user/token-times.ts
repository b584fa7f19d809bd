import type { JWTPayload } from 'jose';
import { Rejection } from '../../rejections/rejection.js';

/** The times of a token: in seconds since the epoch, and until when it is valid, leeway included, in milliseconds. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly validUntil: number;
}

/** The last second that a Date can hold, less the longest leeway. */
const MAXIMUM_TIME = 8.64e12 - 300;

/**
 * Checks that jose does not make: times too large for a Date, and tokens from the future.
 *
 * @param leeway in seconds
 * @throws {Rejection} `claims_invalid`, `token_not_yet_valid`
 */
export function checkTimes({ exp, iat, nbf = 0 }: JWTPayload, leeway: number): TokenTimes {
  if (!isTime(exp) || !isTime(iat) || !isTime(nbf)) throw new Rejection('claims_invalid');
  if (iat > nowInSeconds() + leeway) throw new Rejection('token_not_yet_valid');
  // RFC 7519, section 4.1.4. Clocks are compared in whole seconds, as by jose.
  return { issuedAt: iat, expiresAt: exp, validUntil: Math.ceil(exp + leeway) * 1000 };
}

export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAXIMUM_TIME;
}
