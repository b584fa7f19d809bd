import { createPublicKey, createSecretKey, KeyObject } from 'node:crypto';

/**
 * A signature algorithm of {@link jwtKind} (RFC 7518, section 3.1; RFC 8037 for EdDSA).
 *
 * @publicApi
 */
export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA';

interface KeyForm {
  readonly type: 'secret' | 'rsa' | 'ec' | 'ed25519';
  readonly bits?: number;
  readonly curve?: string;
}

/** The form of the keys of each algorithm: their type, and the bits of a secret or the name of a curve. */
const ALGORITHMS: Readonly<Record<JwtAlgorithm, KeyForm>> = {
  HS256: { type: 'secret', bits: 256 },
  HS384: { type: 'secret', bits: 384 },
  HS512: { type: 'secret', bits: 512 },
  RS256: { type: 'rsa' },
  RS384: { type: 'rsa' },
  RS512: { type: 'rsa' },
  PS256: { type: 'rsa' },
  PS384: { type: 'rsa' },
  PS512: { type: 'rsa' },
  ES256: { type: 'ec', curve: 'prime256v1' },
  ES384: { type: 'ec', curve: 'secp384r1' },
  ES512: { type: 'ec', curve: 'secp521r1' },
  EdDSA: { type: 'ed25519' },
};

const MINIMUM_MODULUS_BITS = 2048;

/**
 * Reads the key of an issuer. Each algorithm has to be one of the key, so that a public key is never taken for a secret.
 *
 * @param given a public key as PEM-encoded SPKI, the text of a shared secret, or a KeyObject of either
 * @throws {Error} saying what is wrong, without repeating the key
 */
export function readJwtKey(
  given: string | KeyObject,
  algorithms: readonly JwtAlgorithm[],
): KeyObject {
  if (!((algorithms?.length ?? 0) > 0)) {
    throw new Error("algorithms is not a list of algorithms, such as ['RS256'].");
  }
  const key = keyOf(given);
  for (const algorithm of algorithms) {
    if (!Object.hasOwn(ALGORITHMS, algorithm)) {
      throw new Error(
        `algorithms has ${JSON.stringify(algorithm)}. It may have ${Object.keys(ALGORITHMS).join(', ')}.`,
      );
    }
    const mistake = mistakeFor(key, ALGORITHMS[algorithm]);
    if (mistake !== undefined) throw new Error(`key is no key for ${algorithm}: ${mistake}`);
  }
  return key;
}

function keyOf(given: unknown): KeyObject {
  if (given instanceof KeyObject && given.type !== 'private') return given;
  if (typeof given === 'string' && !given.includes('-----BEGIN')) {
    return createSecretKey(Buffer.from(given));
  }
  if (typeof given === 'string' && given.startsWith('-----BEGIN PUBLIC KEY-----')) {
    try {
      return createPublicKey(given);
    } catch {
      // The error of OpenSSL names no option.
    }
  }
  throw new Error(
    'key is neither a public key that begins with -----BEGIN PUBLIC KEY-----, nor a shared secret.',
  );
}

function mistakeFor(key: KeyObject, { type, bits = 0, curve }: KeyForm): string | undefined {
  const actual = key.type === 'secret' ? 'secret' : key.asymmetricKeyType;
  if (actual !== type) return `its type is ${actual}, not ${type}.`;
  if ((key.symmetricKeySize ?? 0) * 8 < bits) {
    return `it has fewer than ${bits} bits (RFC 7518, section 3.2).`;
  }
  const { modulusLength = MINIMUM_MODULUS_BITS, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MINIMUM_MODULUS_BITS) {
    return `it has fewer than ${MINIMUM_MODULUS_BITS} bits (RFC 7518, section 3.3).`;
  }
  return namedCurve === curve ? undefined : `its curve is ${namedCurve}, not ${curve}.`;
}
