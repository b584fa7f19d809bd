import { PropelAuthConfigurationError } from './configuration.error.js';
import type { KeyValueStore } from './key-value-store.interface.js';
import { checkInteger, checkKeyValueStore } from './option-checks.js';
import { isPlainPath } from './plain-path.js';

/** How events are received, checked. The secrets are elsewhere, so that printing this cannot print them. */
export interface ResolvedWebhooksOptions {
  readonly path: string | undefined;
  readonly store: KeyValueStore | undefined;
  readonly maxBodyBytes: number;
}

const PREFIX = 'whsec_';
const MINIMUM_BYTES = 24;

const BODY_BYTES = { minimum: 1_024, maximum: 1_048_576, fallback: 65_536 };

export function checkWebhooks(
  value: unknown,
): { options: ResolvedWebhooksOptions; secrets: readonly string[] } | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PropelAuthConfigurationError(
      'webhooks is not an object. Set it to { secret, path }, or remove it to receive no events.',
    );
  }
  const { secret, path, store, maxBodyBytes, ...unknown } = value as Record<string, unknown>;
  const [unknownKey] = Object.keys(unknown);
  if (unknownKey !== undefined) {
    throw new PropelAuthConfigurationError(
      `webhooks.${unknownKey} is not an option. Remove it or correct its spelling; webhooks takes secret, path, store and ` +
        'maxBodyBytes.',
    );
  }
  return {
    options: {
      path: checkPath(path),
      store: checkKeyValueStore('webhooks.store', store),
      maxBodyBytes: checkInteger('webhooks.maxBodyBytes', maxBodyBytes, BODY_BYTES),
    },
    secrets: checkSecrets(secret),
  };
}

function checkSecrets(value: unknown): readonly string[] {
  const secrets: unknown[] = Array.isArray(value) ? value : [value];
  if (secrets.length === 0 || !secrets.every(isSecret)) {
    throw new PropelAuthConfigurationError(
      'webhooks.secret is not a signing secret, or a list of them. Copy it from the page of the webhook endpoint in your ' +
        'PropelAuth dashboard: "whsec_" and the base64 of at least 24 bytes.',
    );
  }
  return secrets as string[];
}

/** One that is empty or short would let others sign. */
function isSecret(value: unknown): boolean {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return false;
  const encoded = value.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= MINIMUM_BYTES && bytes.toString('base64') === encoded;
}

function checkPath(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (!isPlainPath(value)) {
    throw new PropelAuthConfigurationError(
      "webhooks.path is not a path. Set it to a path such as '/webhooks/propelauth': a slash first, no parameters, and " +
        'only letters, digits, "-", "_", "." and "~".',
    );
  }
  return value;
}
