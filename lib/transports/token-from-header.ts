import type { TokenSource } from '../options/token-source.interface.js';
import { callOf } from './call-of.js';
import { createTokenSource } from './built-in-token-sources.js';

/**
 * Reads the access token from the standard place of the transport: the `Authorization` header, over socket.io also `auth.token`, over `ws` the
 * subprotocol `bearer`, over graphql-ws the connection parameter `Authorization`. This is the default where no `tokenSource` is set. Use it
 * inside a `tokenSource` of the module that reads another place only for some calls.
 *
 * @returns the source, for the option `tokenSource` of the module or a decorator
 * @example
 * ```ts
 * const inHeader = tokenFromHeader();
 *
 * const tokenSource: TokenSource = (context) =>
 *   context.getType() === 'rpc'
 *     ? context.switchToRpc().getData<{ accessToken?: string }>().accessToken
 *     : inHeader(context);
 * ```
 *
 * @publicApi
 */
export function tokenFromHeader(): TokenSource {
  return createTokenSource({ readsHeader: true }, (context) => callOf(context).readToken());
}
