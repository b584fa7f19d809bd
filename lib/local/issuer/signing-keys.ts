import { exportPKCS8, exportSPKI } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { importPKCS8 } from 'jose/key/import';
import type { CryptoKey } from 'jose';

const ALGORITHM = 'RS256';

/** The keys of an issuer. */
export interface SigningKeys {
  readonly privateKey: CryptoKey;
  readonly publicKeyPem: string;
}

/** The keys of an issuer, as text. */
export interface SigningKeyPems {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

/** New keys, which stay in this process. */
export async function generateSigningKeys(): Promise<SigningKeys> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM);
  return { privateKey, publicKeyPem: await exportSPKI(publicKey) };
}

/** New keys, to be kept and read with {@link importSigningKeys}. */
export async function generateSigningKeyPems(): Promise<SigningKeyPems> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return {
    privateKeyPem: await exportPKCS8(privateKey),
    publicKeyPem: await exportSPKI(publicKey),
  };
}

export async function importSigningKeys({
  privateKeyPem,
  publicKeyPem,
}: SigningKeyPems): Promise<SigningKeys> {
  return { privateKey: await importPKCS8(privateKeyPem, ALGORITHM), publicKeyPem };
}
