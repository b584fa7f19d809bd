import type { ExecutionContext } from '@nestjs/common';

/**
 * Finds the access token of a call, in one explicit place instead of the standard place of the transport. `tokenFromCookie()` and
 * `tokenFromHeader()` create sources. Messages of microservices have no standard place and need a source.
 *
 * Any function with this signature is a source. It is called with the context of the handler, before the handler runs. It returns the token
 * itself, without `Bearer`, or `undefined` if there is none. The token is verified like any other. It cannot return a promise.
 * An HttpException that it throws is the response, any other error a 500, whose stack is logged at most once a minute without the message.
 *
 * @example
 * ```ts
 * const tokenFromPayload: TokenSource = (context) =>
 *   context.switchToRpc().getData<{ accessToken?: string }>().accessToken;
 * ```
 *
 * @publicApi
 */
export type TokenSource = (context: ExecutionContext) => string | undefined;
