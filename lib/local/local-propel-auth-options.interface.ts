import type { McpOptions } from '../options/mcp-options.interface.js';
import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import type { WebhooksOptions } from '../options/webhooks-options.interface.js';
import type { PropelAuthModuleExtras } from '../module/propel-auth.module-definition.js';
import type { LocalSeed } from './seed/local-seed.interface.js';

/**
 * An OAuth2 client that can sign users in through the local PropelAuth. With a PropelAuth project, you register it in the dashboard.
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
   * The initial users, organizations and API keys: a {@link LocalSeed}, or the path of a JSON file with one. Default: alice, bob and carol
   * (Owner, Admin and Member of Acme Inc), and dave, without an organization.
   */
  seed?: string | LocalSeed;
  /** The OAuth2 client that can sign users in. Default: none, and there are no OAuth2 endpoints. */
  oauthClient?: LocalOAuthClient;
  /**
   * The secret in the links that the application prints at startup: 16 or more letters, digits, `-`, `_`, `.` or `~`. Set it for scripts
   * that have to work on every machine of a team. Default: a random one for each project and machine, which stays the same.
   */
  secret?: string;
  /**
   * The origins of front ends in development, such as `http://localhost:5173`, which use PropelAuth's libraries with `origin` as their
   * `authUrl`. They can get tokens, and sign users in and out: their requests may have cookies, and preflight requests succeed (CORS).
   * After sign-in, the browser returns only to them and to `origin`; without a return address, to the first of them. Default: none.
   */
  allowedOrigins?: readonly string[];
  /**
   * How the application receives events, as in `PropelAuthModule`. A change on the page with the users is sent to `path`, or to your own
   * route under `@PropelAuthWebhook()`. Without `secret`, a random one is used. Default: none, and no events are sent.
   */
  webhooks?: Omit<WebhooksOptions, 'secret'> & Partial<Pick<WebhooksOptions, 'secret'>>;
  /**
   * How the MCP server is protected, as in `PropelAuthModule`, without `introspection`. The application is then also the authorization
   * server that signs MCP clients in, which needs the package `oidc-provider`. `resource` can be an http URL on this machine, such as
   * `http://localhost:3000/mcp`. Default: none.
   */
  mcp?: Omit<McpOptions, 'introspection'>;
}
