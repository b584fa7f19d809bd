import { constants, sign, type KeyObject } from 'node:crypto';
import { AUTH_URL } from './project.js';
import { generateRsaKeyPair } from './keys.js';
import { hmacSignature, rsaSignature } from './raw-token.js';

export type JsonObject = Record<string, unknown>;

/** When all of this happens, in seconds since the epoch. */
export const NOW = 1_800_000_000;

export const ISSUER = AUTH_URL;
export const PROJECT_KEYS = generateRsaKeyPair();
export const FOREIGN_KEYS = generateRsaKeyPair();

/** Signs the first two parts of a token. */
export type Signer = (signingInput: string) => Buffer;

export function rs256(key: KeyObject = PROJECT_KEYS.privateKey): Signer {
  return rsaSignature(key);
}

export function rs384(key: KeyObject = PROJECT_KEYS.privateKey): Signer {
  return rsaSignature(key, 'sha384');
}

export function ps256(key: KeyObject = PROJECT_KEYS.privateKey): Signer {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return (input) => sign('sha256', Buffer.from(input), { key, padding, saltLength: 32 });
}

/** The classic confusion: the public key taken for a shared secret. */
export const hs256WithPublicKey: Signer = hmacSignature(PROJECT_KEYS.publicKeyPem);

export const unsigned: Signer = () => Buffer.alloc(0);

/** Stands in claims for a number that JSON can write and JavaScript cannot hold. */
export const TOO_LARGE = '<1e999>';
export const TOO_SMALL = '<-1e999>';

export function toJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(`"${TOO_LARGE}"`, '1e999')
    .replaceAll(`"${TOO_SMALL}"`, '-1e999');
}

export function encode(text: string | Buffer): string {
  return Buffer.from(text as string).toString('base64url');
}

/** Signs two encoded parts, whatever they are. */
export function signParts(header: string, payload: string, signer: Signer = rs256()): string {
  return `${header}.${payload}.${encode(signer(`${header}.${payload}`))}`;
}

export const USUAL_HEADER = { alg: 'RS256', typ: 'JWT' };

/** The text of a token with this payload, and this header if it is an unusual one. */
export function forge(
  payload: unknown,
  header: unknown = USUAL_HEADER,
  signer: Signer = rs256(),
): string {
  return signParts(encode(toJson(header)), encode(toJson(payload)), signer);
}
