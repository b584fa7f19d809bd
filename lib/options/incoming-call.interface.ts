import type { IncomingHttpHeaders } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import type { ValueSource } from './value-source.js';

/**
 * What arrived, for code of the application that takes part in a decision: `identify()` and `memberships()` of a {@link CallerKind}. It is
 * the same for all transports, and cannot be changed.
 *
 * @publicApi
 */
export interface IncomingCall {
  /** The transport, one word: `'http'`, `'graphql'`, `'ws'`, `'rpc'` or `'mcp'`, and `'other'` for calls of another library. */
  readonly transport: string;

  /** The address that the call comes from, if it is known, as the application's option for trusted proxies says. */
  readonly address: string | undefined;

  /** The headers of the request, or of the one that opened the connection, by names in lower case; empty where there is no request. */
  readonly headers: Readonly<IncomingHttpHeaders>;

  /** The context of Nest; `null` outside of its handlers. */
  readonly context: ExecutionContext | null;

  /**
   * Reads one text of the call.
   *
   * @param source where it is: `fromInput()`, `fromParam()`, `fromQuery()`, `fromHeader()`, `fromCookie()` or `fromParent()`
   * @returns `undefined` if it is not there, and where this transport has no such place
   * @throws {TypeError} for anything else than a source
   */
  read(this: void, source: ValueSource): string | undefined;
}
