import type { INestApplicationContext, Type } from '@nestjs/common';
import { isForEveryone } from '../rules/handler-access.js';
import { ApplicationHandlers } from './application/application-handlers.js';
import { interceptorsOf } from './application/application-interceptors.js';
import { ApplicationRoutes } from './application/application-routes.js';
import { HandlerAccessResolver } from './application/handler-access-resolver.js';
import { handlerInWords, routeInWords } from './application/handler-names.js';

/** The warning names at most this many handlers. */
const NAMED_HANDLERS = 5;

/** The warning about caches that return the answer for one caller to another; none without such caches. */
export function findSharedCaches(providers: Pick<INestApplicationContext, 'get'>): string[] {
  const access = providers.get(HandlerAccessResolver, { strict: false });
  const isShared = (controller: Type, handler: Function, method?: string) =>
    !isForEveryone(access.of(controller, handler).access) &&
    interceptorsOf(providers, [controller, handler]).some((interceptor) =>
      sharesAnswers(interceptor, handler, method),
    );
  const routes = providers.get(ApplicationRoutes, { strict: false }).list();
  const handlers = providers.get(ApplicationHandlers, { strict: false }).list();
  const shared = [
    ...routes
      .filter(({ controller, handler, method }) => isShared(controller, handler, method))
      .map(routeInWords),
    ...handlers
      .filter(({ controller, handler }) => isShared(controller, handler))
      .map(handlerInWords),
  ];
  if (shared.length === 0) return [];
  return [
    `${namesOf([...new Set(shared)])}: CacheInterceptor can return one caller's response to another, because its cache ` +
      'key does not include the caller. Bind a subclass whose trackBy() adds the caller, as the recipe ' +
      '"Cache responses per caller" of the documentation shows.',
  ];
}

function namesOf(handlers: readonly string[]): string {
  const named = handlers.slice(0, NAMED_HANDLERS).join(', ');
  const left = handlers.length - NAMED_HANDLERS;
  return left > 0 ? `${named} and ${left} more` : named;
}

/** The part of Nest's `CacheInterceptor` that is read here: `@nestjs/cache-manager` need not be installed. */
interface CacheInterceptor {
  readonly trackBy: Function;
  readonly isRequestCacheable: Function;
  readonly allowedMethods?: readonly string[];
}

// CacheInterceptor is identified by its methods: a bundler may rename the class, and an application may have two copies of the package.
const METHODS = ['intercept', 'trackBy', 'isRequestCacheable', 'setHeadersWhenHttp'];

// The key under which Nest's package keeps @CacheKey().
const CACHE_KEY_METADATA = 'cache_module:cache_key';

/**
 * Whether an interceptor can return the answer for one caller to another. Nest's `CacheInterceptor` can, unless a subclass has its own
 * `trackBy()`, or `@CacheKey()` on the handler has a function.
 *
 * @param method the HTTP method of a route. Answers of other handlers are cached only under `@CacheKey()`
 */
function sharesAnswers(interceptor: object, handler: Function, method?: string): boolean {
  const nests = nestsPrototype(interceptor);
  const bound = interceptor as CacheInterceptor;
  if (nests === undefined || bound.trackBy !== nests.trackBy) return false;
  const cacheKey: unknown = Reflect.getMetadata(CACHE_KEY_METADATA, handler);
  if (cacheKey) return typeof cacheKey !== 'function';
  if (method === undefined) return false;
  if (bound.isRequestCacheable !== nests.isRequestCacheable || method === 'ALL') return true;
  // The constructor sets allowedMethods. That of a request-scoped interceptor has not run.
  return (bound.allowedMethods ?? ['GET']).includes(method);
}

/** The prototype of Nest's `CacheInterceptor`: the last of the chain that has its methods, because a subclass may override all of them. */
function nestsPrototype(interceptor: object): CacheInterceptor | undefined {
  const outer = Object.getPrototypeOf(interceptor) as object | null;
  if (outer === null) return undefined;
  const hasMethods = METHODS.every((name) => Object.hasOwn(outer, name));
  return nestsPrototype(outer) ?? (hasMethods ? (outer as CacheInterceptor) : undefined);
}
