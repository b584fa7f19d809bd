import type { McpOptions } from '../options/mcp-options.interface.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import type { WebhooksOptions } from '../options/webhooks-options.interface.js';
import type { PropelAuthModuleExtras } from '../module/propel-auth.module-definition.js';
import type { LocalSeed } from './seed/local-seed.interface.js';

/**
 * An OAuth2 client that can sign users in through the local PropelAuth. In PropelAuth, you register it in the dashboard.
 *
 * @publicApi
 */
export interface LocalOAuthClient {
  /** The client ID, such as the `clientId` that you pass to `PropelAuthSwagger.createDocument()`. */
  readonly clientId: string;
  /** The only redirect URI, on this machine, such as `http://localhost:3000/docs/oauth2-redirect.html`. */
  readonly redirectUri: string;
}

/**
 * The options of {@link LocalPropelAuthModule.forRoot}: its own, and those of `PropelAuthModule` except the credentials.
 *
 * @publicApi
 */
export interface LocalPropelAuthOptions
  extends
    Omit<
      PropelAuthModuleOptions,
      'authUrl' | 'apiKey' | 'apiUrl' | 'manualTokenVerificationMetadata' | 'webhooks' | 'mcp'
    >,
    PropelAuthModuleExtras {
  /**
   * Has to be `true`; with anything else, the application fails to start. Anyone who can reach the application can sign in as
   * any user, so write it in a file that production never imports, such as `src/main.local.ts`.
   */
  enabled: boolean;
  /** The URL of the application on this machine, such as `http://localhost:3000`. It is the issuer of the tokens. */
  origin: string;
  /**
   * The initial users, organizations and API keys: a {@link LocalSeed}, or the path of a JSON file with one. Default: alice, bob
   * and carol, who are Owner, Admin and Member of Acme Inc, and dave, who is in no organization.
   */
  seed?: string | LocalSeed;
  /** The OAuth2 client that can sign users in. Default: none, and there are no OAuth2 endpoints. */
  oauthClient?: LocalOAuthClient;
  /**
   * The secret in the links that the application prints at startup, for scripts of a team that should work on every machine: 16 or
   * more letters, digits, `-`, `_`, `.` or `~`. Default: a random one for each project and machine, which stays the same.
   */
  secret?: string;
  /**
   * The origins of front ends in development, such as `http://localhost:5173`, with PropelAuth's libraries and `origin` as their `authUrl`.
   * They can ask for tokens, and sign users in and out: their requests may have cookies, and preflight requests are answered (CORS).
   * After sign-in the browser returns only to them and to `origin`, and to the first if a front end does not say where. Default: none.
   */
  allowedOrigins?: readonly string[];
  /**
   * How the application receives events, as in `PropelAuthModule`. A change on the page with the users is sent to `path`, or to your own
   * route under `@PropelAuthWebhook()`. `secret` can be left out: then it is a random one. Default: none, and no events are sent.
   */
  webhooks?: Omit<WebhooksOptions, 'secret'> & Partial<Pick<WebhooksOptions, 'secret'>>;
  /**
   * How the MCP server is protected, as in `PropelAuthModule`, without `introspection`. With it, the application is also the authorization
   * server that signs MCP clients in, for which the package `oidc-provider` has to be installed. `resource` can be an http URL on this
   * machine, such as `http://localhost:3000/mcp`. Default: none.
   */
  mcp?: Omit<McpOptions, 'introspection'>;
}
