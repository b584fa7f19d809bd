import type { PropelAuthModuleOptions } from '../options/propel-auth-module-options.interface.js';
import type { PropelAuthModuleExtras } from '../module/propel-auth.module-definition.js';
import type { LocalSeed } from './seed/local-seed.interface.js';

/**
 * An application that may send people to the local PropelAuth to sign in, as the dashboard of PropelAuth registers it.
 *
 * @publicApi
 */
export interface LocalOAuthClient {
  /** What the client calls itself, such as the `clientId` given to `PropelAuthSwagger.createDocument()`. */
  readonly clientId: string;
  /** The one place that codes are sent to, on this machine, such as `http://localhost:3000/docs/oauth2-redirect.html`. */
  readonly redirectUri: string;
}

/**
 * The options of {@link LocalPropelAuthModule.forRoot}: its own, and those of `PropelAuthModule` that are no credentials.
 *
 * @publicApi
 */
export interface LocalPropelAuthOptions
  extends
    Omit<PropelAuthModuleOptions, 'authUrl' | 'apiKey' | 'manualTokenVerificationMetadata'>,
    PropelAuthModuleExtras {
  /**
   * Whether this very start asked for it, by an argument or a variable that no deployment sets by accident, such as
   * `process.argv.includes('--local-propelauth')`. Anything but `true` stops the start.
   */
  askedFor: boolean;
  /** Where people on this machine reach the application, such as `http://localhost:3000`: the issuer of the tokens. */
  origin: string;
  /**
   * Who and what there is at first: a {@link LocalSeed}, or the path of a JSON file that holds one. Default: alice, bob and
   * carol, who are Owner, Admin and Member of Acme Inc, and dave, who is in no organization.
   */
  seed?: string | LocalSeed;
  /** Who may have people sign in by OAuth2. Default: nobody, and there are no OAuth2 endpoints. */
  oauthClient?: LocalOAuthClient;
}
