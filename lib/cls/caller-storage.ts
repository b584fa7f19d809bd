import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExecutionContext } from '@nestjs/common';
import type { KnownCaller } from '../decision/decision.js';

/** The caller of a call. */
export interface StoredCaller extends Pick<KnownCaller, 'user' | 'org' | 'apiKey' | 'mcp'> {
  /** The caller of any kind whom the guard has identified. Left out inside `CallerContext.run()`. */
  readonly identified?: KnownCaller['identified'];
  /** The context of the call; `undefined` inside `CallerContext.run()`. */
  readonly context: ExecutionContext | undefined;
}

/**
 * The caller of the running call.
 *
 * It is not kept in the store of nestjs-cls. Several calls can share that store: the fields of a GraphQL operation, or the messages of a
 * connection whose handshake opened it. `ClsInterceptor` and `cls.run()` also replace it.
 */
export const callers = new AsyncLocalStorage<StoredCaller | undefined>();
