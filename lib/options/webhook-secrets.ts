import { PropelAuthConfigurationError } from './configuration.error.js';

const PREFIX = 'whsec_';
const MINIMUM_BYTES = 24;

/** The secrets with which PropelAuth signs events, by Svix: none, one or several. */
export function checkWebhookSecrets(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const secrets: unknown[] = Array.isArray(value) ? value : [value];
  if (secrets.length === 0 || !secrets.every(isWebhookSecret)) {
    throw new PropelAuthConfigurationError(
      'webhookSecret is not a signing secret, or a list of them. Give "whsec_" and the base64 of at least 24 bytes, as it stands ' +
        'on the page of the webhook endpoint in your PropelAuth dashboard.',
    );
  }
  return secrets as string[];
}

/** One that is empty or short would let others sign. */
function isWebhookSecret(value: unknown): boolean {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return false;
  const encoded = value.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= MINIMUM_BYTES && bytes.toString('base64') === encoded;
}
