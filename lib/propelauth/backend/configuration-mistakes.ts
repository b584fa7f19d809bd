import { PROPELAUTH_API_URL } from '../../options/origin.js';
import type { ResolvedOptions } from '../../options/resolved-options.js';

/**
 * Describes the configuration mistake that a status of PropelAuth's backend shows; `undefined` if the status shows none.
 *
 * @param outcome what happens to calls while `apiKey` is wrong. Default: left out
 */
export function describeConfigurationError(
  status: number,
  options: ResolvedOptions,
  outcome?: string,
): string | undefined {
  const mistake = describeMistake(status, options.authUrl, outcome);
  if (mistake === undefined || options.apiUrl.origin === PROPELAUTH_API_URL) return mistake;
  return `apiUrl ${options.apiUrl.origin} responded: ${mistake}`;
}

function describeMistake(
  status: number,
  authUrl: URL,
  outcome: string | undefined,
): string | undefined {
  switch (status) {
    case 400:
      return (
        `PropelAuth rejects the request for the verification key of authUrl ${authUrl.origin} (400). Check that authUrl is ` +
        'the Auth URL from the Backend Integration page of your PropelAuth dashboard.'
      );
    case 401:
      return (
        `apiKey is not an API key of this PropelAuth project (401)${outcome === undefined ? '' : `, so ${outcome}`}. Copy ` +
        'the key from the Backend Integration page of your PropelAuth dashboard, in the same environment as authUrl.'
      );
    case 404:
      return (
        `authUrl ${authUrl.origin} is unknown to PropelAuth (404). Copy it from the Backend Integration page of your ` +
        'PropelAuth dashboard.'
      );
    default:
      return undefined;
  }
}
