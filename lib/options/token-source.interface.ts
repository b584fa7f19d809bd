import type { ExecutionContext } from '@nestjs/common';

/**
 * Where the access token of a call is: one explicit place, and nowhere else. For message handlers of microservices, whose
 * transports have no place for a token of their own, and for handlers that take it from elsewhere than usual.
 *
 * Any function will do. It is called before the handler, with its context. What it returns is the token itself, without `Bearer`,
 * and is verified like every other; `undefined` means that there is none. It returns no promise.
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
