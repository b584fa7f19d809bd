import { exportPKCS8 } from 'jose/key/export';
import * as v from 'valibot';
import { createWebhookSecret } from '../issuer/signed-webhook.js';
import { generateSigningKeys, importPrivateKey } from '../issuer/signing-keys.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';
import { newToken } from '../texts.js';

/** The content of the file. A text that looks otherwise is damaged. */
const STORED = v.object({
  privateKeyPem: v.pipe(v.string(), v.startsWith('-----BEGIN PRIVATE KEY-----\n')),
  publicKeyPem: v.pipe(v.string(), v.startsWith('-----BEGIN PUBLIC KEY-----\n')),
  apiKey: v.pipe(v.string(), v.regex(/^emulator_[\w-]{43}$/)),
  webhookSecret: v.pipe(v.string(), v.regex(/^whsec_[\w+/=]{32,}$/)),
  clientId: v.pipe(v.string(), v.regex(/^emulator_[\w-]{22}$/)),
  clientSecret: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
  cookieKey: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
});

type StoredSecrets = v.InferOutput<typeof STORED>;

export async function newSecrets(): Promise<StoredSecrets> {
  const { privateKey, publicKeyPem } = await generateSigningKeys();
  return {
    privateKeyPem: await exportPKCS8(privateKey),
    publicKeyPem,
    // With this prefix, a call that reaches PropelAuth by mistake is noticed.
    apiKey: `emulator_${newToken()}`,
    webhookSecret: createWebhookSecret(),
    clientId: `emulator_${newToken().slice(0, 22)}`,
    clientSecret: newToken(),
    cookieKey: newToken(),
  };
}

/** @throws {Error} if the content is damaged */
export async function parseSecrets(content: unknown): Promise<IssuerSecrets> {
  const stored = v.parse(STORED, content);
  const { publicKeyPem, apiKey, webhookSecret, clientId, clientSecret, cookieKey } = stored;
  const keys = { privateKey: await importPrivateKey(stored.privateKeyPem), publicKeyPem };
  return { keys, apiKey, webhookSecret, introspection: { clientId, clientSecret }, cookieKey };
}
