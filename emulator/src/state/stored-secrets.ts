import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { createWebhookSecret } from '../issuer/signed-webhook.js';
import { generateSigningKeyPems, importSigningKeys } from '../issuer/signing-keys.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';

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
  return {
    ...(await generateSigningKeyPems()),
    // With this prefix, a call that reaches PropelAuth by mistake is noticed.
    apiKey: `emulator_${randomText(32)}`,
    webhookSecret: createWebhookSecret(),
    clientId: `emulator_${randomText(16)}`,
    clientSecret: randomText(32),
    cookieKey: randomText(32),
  };
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** @throws {Error} if the content is damaged */
export async function parseSecrets(content: unknown): Promise<IssuerSecrets> {
  const stored = v.parse(STORED, content);
  const { apiKey, webhookSecret, clientId, clientSecret, cookieKey } = stored;
  const keys = await importSigningKeys(stored);
  return { keys, apiKey, webhookSecret, introspection: { clientId, clientSecret }, cookieKey };
}
