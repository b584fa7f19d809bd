import { HTTPException } from 'hono/http-exception';
import type { Origins } from '../access/origins.js';
import type { RequestParameters } from './request-parameters.js';

export const MAXIMUM_REDIRECT_URI_LENGTH = 2_000;

/**
 * Reads the address at which the browser goes on with a code.
 *
 * @throws {HTTPException} for a page: the browser must not be sent to an address that is not trusted
 */
export function readRedirectUri(parameters: RequestParameters, origins: Origins): string {
  const uri = parameters.get('redirect_uri');
  if (uri === undefined) {
    throw new HTTPException(400, { message: 'redirect_uri is missing or repeated.' });
  }
  // RFC 6749, section 3.1.2: it has no fragment.
  const isUsable =
    uri.length <= MAXIMUM_REDIRECT_URI_LENGTH && !uri.includes('#') && origins.mayReturnTo(uri);
  if (isUsable) return uri;
  throw new HTTPException(400, {
    message:
      'redirect_uri is not an address of this machine without a fragment. Allow the origin of another one with the option --allow-origin, ' +
      'or allowedOrigins of createEmulator().',
  });
}
