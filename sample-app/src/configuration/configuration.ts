/** How the app runs, as {@link readConfiguration} makes it of the environment and the arguments. */
export type Configuration = PropelAuthConfiguration | LocalIssuerConfiguration;

interface ListenConfiguration {
  readonly port: number;
  /** The only address to listen on; left out, the app listens on all of them. */
  readonly host?: string;
  /** Where people on this machine reach the app. */
  readonly origin: string;
}

/** The access tokens are those of a PropelAuth project. */
export interface PropelAuthConfiguration extends ListenConfiguration {
  readonly mode: 'propelauth';
  readonly authUrl: string;
  readonly apiKey: string;
  /** The OAuth2 client by which Swagger UI has people sign in; left out, they paste a token. */
  readonly oauthClientId?: string;
  /** The secret of the webhook endpoint; left out, the app takes no events. */
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
}
