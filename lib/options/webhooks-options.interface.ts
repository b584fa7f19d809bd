import type { KeyValueStore } from './key-value-store.interface.js';

/**
 * The options of webhooks, for {@link PropelAuthModuleOptions.webhooks}: how the application receives events from PropelAuth.
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
export interface WebhooksOptions {
  /**
   * The signing secret of the endpoint, from the PropelAuth dashboard: `whsec_` and the base64 of at least 24 bytes. While you replace a
   * secret, use a list: an event signed with any of them is accepted.
   */
  secret: string | string[];

  /**
   * The path at which the package receives events, such as `/webhooks/propelauth`, without the global prefix and versions of the
   * application. It does not need raw bodies. Default: none; your own route under {@link PropelAuthWebhook} passes events on with {@link
   * PropelAuthWebhooks.dispatch}.
   */
  path?: string;

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
}
