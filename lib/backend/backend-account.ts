import type { IntrospectionCredentials } from '../options/introspection-credentials.js';
import type { ResolvedOptions } from '../options/resolved-options.js';

/** To whom a request goes, and what it authenticates with. */
export interface BackendAccount {
  readonly origin: string;
  /** A method, so that printing an account prints no secret. */
  readHeaders(): Record<string, string>;
}

/** PropelAuth's backend API, with the API key of the project. */
export function integrationAccount(
  options: Pick<ResolvedOptions, 'authUrl' | 'apiUrl' | 'readApiKey'>,
): BackendAccount {
  return {
    origin: options.apiUrl.origin,
    readHeaders: () => ({
      Authorization: `Bearer ${options.readApiKey()}`,
      'X-Propelauth-url': options.authUrl.hostname,
    }),
  };
}

/**
 * The authorization server of the project, with the credentials for introspection. They are not encoded as a form before they are encoded as
 * Base64, which RFC 6749 (section 2.3.1) asks for and PropelAuth's own provider for FastMCP does not do.
 */
export function introspectionAccount(
  { authUrl }: Pick<ResolvedOptions, 'authUrl'>,
  { clientId, clientSecret }: IntrospectionCredentials,
): BackendAccount {
  return {
    origin: authUrl.origin,
    readHeaders: () => ({
      Authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    }),
  };
}
