import type { KeyValueStore } from './key-value-store.interface.js';

/**
 * How the application receives events from PropelAuth, for {@link PropelAuthModuleOptions.webhooks}.
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
   * The secret with which PropelAuth signs events, from the page of the endpoint in the dashboard: `whsec_` and the base64 of at least 24
   * bytes. A list while a secret is being replaced: an event signed with any of them is accepted.
   */
  secret: string | string[];

  /**
   * The path at which the package receives events, such as `/webhooks/propelauth`, without the global prefix and versions of the
   * application. It needs no raw bodies of the application. Default: none, and a route of your own under {@link PropelAuthWebhook} passes
   * events on with {@link PropelAuthWebhooks.dispatch}.
   */
  path?: string;

  /**
   * Where the instances of a service share which handlers are done with an event: any Keyv store, or a `Keyv` itself. It holds no event,
   * only that a handler is done, for 48 hours. Default: each process remembers for itself.
   */
  store?: KeyValueStore;
}
