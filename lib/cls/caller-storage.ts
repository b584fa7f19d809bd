import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExecutionContext } from '@nestjs/common';
import type { KnownCaller } from '../decision/decision.js';

/** The caller of a call. */
export interface StoredCaller extends Pick<KnownCaller, 'user' | 'org' | 'apiKey' | 'mcp'> {
  /** The call; `undefined` inside `CurrentCaller.run()`. */
  readonly context: ExecutionContext | undefined;
}

/**
 * The caller of the call that the running code belongs to.
 *
 * Not kept in the store of nestjs-cls: several calls can share that store (the fields of a GraphQL operation, the messages of a connection
 * whose handshake opened it), and `ClsInterceptor` and `cls.run()` replace it.
 */
export const callers = new AsyncLocalStorage<StoredCaller | undefined>();
