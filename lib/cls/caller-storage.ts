import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExecutionContext } from '@nestjs/common';
import type { OrgMemberInfo } from '@propelauth/node-apis';
import type { Identified } from '../decision/decision.js';

/** The caller of a call. */
export interface StoredCaller {
  /** `null` for an unauthenticated caller. */
  readonly identified: Pick<Identified, 'user' | 'describe'> | null;
  readonly org: OrgMemberInfo | null;
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
