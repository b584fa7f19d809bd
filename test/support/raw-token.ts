import { createHmac, sign, type KeyObject } from 'node:crypto';
import { AUTH_URL } from './project.js';

/** What of a hand-made token differs from a proper one. Texts are taken as they are: they need not be JSON. */
export interface RawToken {
  header?: object | string;
  payload?: object | string;
  signature?: (input: string) => Buffer;
}

/** Claims of a valid token, for {@link RawToken.payload}. */
export function validClaims(claims: Record<string, unknown>): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return { iss: AUTH_URL, iat: now, exp: now + 1800, ...claims };
}

/** Puts a token together by hand, for all that no library would sign. */
export function rawToken({
  header = { alg: 'RS256', typ: 'JWT' },
  payload = {},
  signature = () => Buffer.from('no signature'),
}: RawToken): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signature(input).toString('base64url')}`;
}

/** Signs as RS256 and its longer siblings do. */
export function rsaSignature(key: KeyObject, hash = 'sha256') {
  return (input: string): Buffer => sign(hash, Buffer.from(input), key);
}

/** Signs as HS256 does, with any text as the secret. */
export function hmacSignature(secret: string) {
  return (input: string): Buffer => createHmac('sha256', secret).update(input).digest();
}

function encode(part: object | string): string {
  const text = typeof part === 'string' ? part : JSON.stringify(part);
  return Buffer.from(text).toString('base64url');
}
