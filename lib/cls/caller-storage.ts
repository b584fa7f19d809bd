import { AsyncLocalStorage } from 'node:async_hooks';
import type { KnownCaller } from '../decision/decision.js';

/** Who a call comes from; nobody's call has no event either. */
export type StoredCaller = Omit<KnownCaller, 'event'>;

/**
 * The caller of the call that the running code belongs to.
 *
 * A storage of its own, and no value in the store of nestjs-cls: several calls share one of those (the fields of a GraphQL operation, the
 * messages of a connection whose handshake made one), and `ClsInterceptor` and `cls.run()` replace it.
 */
export const callers = new AsyncLocalStorage<StoredCaller>();

/** The caller of calls that anyone may make, or that no rule is about. */
export const NOBODY: StoredCaller = Object.freeze({
  user: null,
  org: null,
  apiKey: null,
  mcp: null,
});
