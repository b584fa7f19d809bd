/** As much of Nest's `CacheInterceptor` as is looked at: `@nestjs/cache-manager` need not be installed. */
interface CacheInterceptor {
  readonly trackBy: Function;
  readonly isRequestCacheable: Function;
  readonly allowedMethods?: readonly string[];
}

// A bundler may have renamed the class, and an application may have two copies of the package.
const METHODS = ['intercept', 'trackBy', 'isRequestCacheable', 'setHeadersWhenHttp'];

// The key under which Nest's package keeps @CacheKey().
const CACHE_KEY_METADATA = 'cache_module:cache_key';

/**
 * Whether an interceptor can return the answer for one caller to another. Nest's `CacheInterceptor` can, unless a subclass has its own
 * `trackBy()`, or `@CacheKey()` on the handler has a function.
 *
 * @param method the HTTP method of a route. Answers of other handlers are cached only under `@CacheKey()`
 */
export function sharesAnswers(interceptor: object, handler: Function, method?: string): boolean {
  const nests = nestsPrototype(interceptor);
  const bound = interceptor as CacheInterceptor;
  if (nests === undefined || bound.trackBy !== nests.trackBy) return false;
  const cacheKey: unknown = Reflect.getMetadata(CACHE_KEY_METADATA, handler);
  if (cacheKey) return typeof cacheKey !== 'function';
  if (method === undefined) return false;
  if (bound.isRequestCacheable !== nests.isRequestCacheable || method === 'ALL') return true;
  // Its constructor sets allowedMethods, and that of a request-scoped interceptor has not run.
  return (bound.allowedMethods ?? ['GET']).includes(method);
}

/** The prototype of Nest's `CacheInterceptor`: the outermost with its methods, since a subclass may override all of them. */
function nestsPrototype(interceptor: object): CacheInterceptor | undefined {
  const outer = Object.getPrototypeOf(interceptor) as object | null;
  if (outer === null) return undefined;
  const hasMethods = METHODS.every((name) => Object.hasOwn(outer, name));
  return nestsPrototype(outer) ?? (hasMethods ? (outer as CacheInterceptor) : undefined);
}
