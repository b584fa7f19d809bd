import type { ExecutionContext } from '@nestjs/common';

/**
 * Finds the access token of a call, in one explicit place. Use it for message handlers of microservices, whose transports have no standard
 * place, and for handlers whose token is somewhere else.
 *
 * Any function with this signature is a source. It is called with the context of the handler, before the handler runs. It returns the token
 * itself, without `Bearer`, or `undefined` if there is none. The token is verified like any other. It cannot return a promise.
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
