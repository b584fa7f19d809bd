import { randomBytes } from 'node:crypto';
import { createWebhookSecret } from '../issuer/signed-webhook.js';
import { generateSigningKeyPems, importSigningKeys } from '../issuer/signing-keys.js';
import type { IssuerSecrets } from '../issuer/token-issuer.js';

/** What each text of the file looks like. One that looks otherwise is damaged. */
const FORMATS = {
  privateKeyPem: /^-----BEGIN PRIVATE KEY-----\n/,
  publicKeyPem: /^-----BEGIN PUBLIC KEY-----\n/,
  apiKey: /^emulator_[\w-]{43}$/,
  webhookSecret: /^whsec_[\w+/=]{32,}$/,
  clientId: /^emulator_[\w-]{22}$/,
  clientSecret: /^[\w-]{43}$/,
  cookieKey: /^[\w-]{43}$/,
};

/** The content of the file. */
type StoredSecrets = Readonly<Record<keyof typeof FORMATS, string>>;

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

/** @throws {TypeError} if the content is damaged; so does a key that cannot be imported */
export async function parseSecrets(content: unknown): Promise<IssuerSecrets> {
  assertComplete(content);
  const { apiKey, webhookSecret, clientId, clientSecret, cookieKey } = content;
  const keys = await importSigningKeys(content);
  return { keys, apiKey, webhookSecret, introspection: { clientId, clientSecret }, cookieKey };
}

function assertComplete(content: unknown): asserts content is StoredSecrets {
  const texts = content as Partial<Record<string, unknown>>;
  for (const [name, format] of Object.entries(FORMATS)) {
    const text = texts[name];
    if (typeof text !== 'string' || !format.test(text)) throw new TypeError('The file is damaged');
  }
}
