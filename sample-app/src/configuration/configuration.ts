/** How the app runs, as {@link readConfiguration} makes it of the environment and the arguments. */
export type Configuration = PropelAuthConfiguration | LocalIssuerConfiguration;

interface ListenConfiguration {
  readonly port: number;
  /** The only address to listen on; left out, the app listens on all of them. */
  readonly host?: string;
  /** The URL of the app on this machine. */
  readonly origin: string;
}

/** The access tokens are those of a PropelAuth project. */
export interface PropelAuthConfiguration extends ListenConfiguration {
  readonly mode: 'propelauth';
  readonly authUrl: string;
  readonly apiKey: string;
  /** The OAuth2 client of Swagger UI. Without it, users paste a token. */
  readonly oauthClientId?: string;
  /** The secret of the webhook endpoint. Without it, the app has no such route. */
  readonly webhookSecret?: string;
}

/**
 * The app issues access tokens itself, to anyone who asks: for development without a PropelAuth
 * account.
 */
export interface LocalIssuerConfiguration extends ListenConfiguration {
  readonly mode: 'local-issuer';
  /** Always a loopback address: the tokens are for this machine. */
  readonly host: '127.0.0.1';
  /** Fixes the secret of the local issuer's pages. Without it, each machine has its own. */
  readonly secret?: string;
}
