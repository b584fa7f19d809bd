import { exportSPKI } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { importPKCS8 } from 'jose/key/import';
import type { CryptoKey } from 'jose';

const ALGORITHM = 'RS256';

/** The keys of an issuer. */
export interface SigningKeys {
  readonly privateKey: CryptoKey;
  readonly publicKeyPem: string;
}

export async function generateSigningKeys(): Promise<SigningKeys> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return { privateKey, publicKeyPem: await exportSPKI(publicKey) };
}

export function importPrivateKey(pem: string): Promise<CryptoKey> {
  return importPKCS8(pem, ALGORITHM);
}
