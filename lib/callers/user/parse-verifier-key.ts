import { createPublicKey, type KeyObject } from 'node:crypto';

const MINIMUM_MODULUS_BITS = 2048;

/**
 * Reads the public key that verifies access tokens.
 *
 * @param pem an RSA public key as PEM-encoded SPKI (RFC 7468, section 13); surrounding white space and literal `\n` are understood
 * @throws {Error} saying what is wrong with the text, without repeating it
 */
export function parseVerifierKey(pem: string): KeyObject {
  const text = pem.replaceAll('\\r', '').replaceAll('\\n', '\n').trim();
  // createPublicKey also takes private keys and certificates: neither belongs here.
  if (!text.startsWith('-----BEGIN PUBLIC KEY-----')) {
    throw new Error('it does not start with -----BEGIN PUBLIC KEY-----');
  }
  const key = readPublicKey(text);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('it is not an RSA key');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MINIMUM_MODULUS_BITS) {
    throw new Error(
      `it has ${bits} bits; RS256 needs ${MINIMUM_MODULUS_BITS} or more (RFC 7518, section 3.3)`,
    );
  }
  return key;
}

function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey({ key: pem, format: 'pem', type: 'spki' });
  } catch {
    throw new Error('it is not a readable PEM-encoded public key');
  }
}
