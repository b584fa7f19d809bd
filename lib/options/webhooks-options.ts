import { PropelAuthConfigurationError } from './configuration.error.js';
import type { KeyValueStore } from './key-value-store.interface.js';
import { checkInteger, checkKeyValueStore, checkOptions } from './option-checks.js';
import { isPlainPath } from './plain-path.js';

const PREFIX = 'whsec_';
const MINIMUM_BYTES = 24;

const BODY_BYTES = { minimum: 1_024, maximum: 1_048_576, fallback: 65_536 };

/** The checked options for webhooks. The secrets are kept elsewhere, so that printing the options does not print them. */
export function checkWebhooks(value: unknown) {
  if (value === undefined) return undefined;
  const { secret, path, receive, store, maxBodyBytes } = checkOptions(
    'webhooks',
    value,
    ['secret', 'path', 'receive', 'store', 'maxBodyBytes'],
    "Set it to { secret, path } or { secret, receive: 'own' }, or remove it to receive no events.",
  );
  return {
    secrets: checkSecrets(secret),
    options: {
      path: checkReceiver(path, receive),
      store: checkKeyValueStore('webhooks.store', store),
      maxBodyBytes: checkInteger('webhooks.maxBodyBytes', maxBodyBytes, BODY_BYTES),
    },
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

/** With an empty or short secret, others could sign events. */
function isSecret(value: unknown): boolean {
  if (typeof value !== 'string' || !value.startsWith(PREFIX)) return false;
  const encoded = value.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= MINIMUM_BYTES && bytes.toString('base64') === encoded;
}

/** @returns the path; `undefined` for an application that receives the events itself */
function checkReceiver(path: unknown, receive: unknown): string | undefined {
  if (receive !== undefined && receive !== 'own') {
    throw new PropelAuthConfigurationError(
      "webhooks.receive is not 'own'. Set it to 'own' to pass events to PropelAuthWebhooks.receive(), or replace it by webhooks.path.",
    );
  }
  if (receive === undefined && path === undefined) {
    throw new PropelAuthConfigurationError(
      "webhooks has neither path nor receive, so no event can arrive. Set path, such as '/webhooks/propelauth', or set receive to " +
        "'own' and pass events to PropelAuthWebhooks.receive().",
    );
  }
  if (receive !== undefined && path !== undefined) {
    throw new PropelAuthConfigurationError(
      'webhooks has both path and receive. Remove receive to have the package receive events at the path, or remove path to pass ' +
        'them to PropelAuthWebhooks.receive() yourself.',
    );
  }
  if (path !== undefined && !isPlainPath(path)) {
    throw new PropelAuthConfigurationError(
      "webhooks.path is not a path. Set it to a path such as '/webhooks/propelauth': a slash first, no parameters, and " +
        'only letters, digits, "-", "_", "." and "~".',
    );
  }
  return path;
}

/**
 * The options of webhooks, for {@link PropelAuthModuleOptions.webhooks}: how the application receives events from PropelAuth.
 *
 * With `path`, the package receives events. With `receive: 'own'`, the application passes them to {@link PropelAuthWebhooks.receive}; startup
 * then fails if no provider or controller injects {@link PropelAuthWebhooks}.
 *
 * @example
 * ```ts
 * PropelAuthModule.forRoot({
 *   authUrl: process.env.PROPELAUTH_AUTH_URL!,
 *   apiKey: process.env.PROPELAUTH_API_KEY!,
 *   webhooks: {
 *     secret: process.env.PROPELAUTH_WEBHOOK_SECRET!,
 *     path: '/webhooks/propelauth',
 *   },
 * })
 * ```
 *
 * @publicApi
 */
export type WebhooksOptions = {
  /**
   * The signing secret of the endpoint, from the PropelAuth dashboard: `whsec_` and the base64 of at least 24 bytes. While you replace a
   * secret, use a list: an event signed with any of them is accepted.
   */
  secret: string | string[];

  /**
   * A store that shares finished handlers between the instances of a service: any Keyv store, or a `Keyv` itself. It contains no events,
   * only that a handler is done, for 48 hours. Default: each process has its own.
   */
  store?: KeyValueStore;

  /**
   * The size of the largest event that is accepted, in bytes, from 1,024 to 1,048,576. Larger bodies get 413 before their signature is
   * checked, because anyone can send them. Raise it if your users, organizations or roles have large properties. Default: 65,536 (64 KiB).
   */
  maxBodyBytes?: number;
} & (
  | {
      /**
       * The path at which the package receives events, such as `/webhooks/propelauth`, without the global prefix and versions of the
       * application. It does not need raw bodies. It needs the HTTP adapter of Express or Fastify.
       */
      path: string;
      receive?: undefined;
    }
  | {
      /** `'own'`: the application passes events to {@link PropelAuthWebhooks.receive}, in a route, queue, gateway or function. */
      receive: 'own';
      path?: undefined;
    }
);
