import { ApplicationConfig, type ModulesContainer } from '@nestjs/core';
import { isForEveryone } from '../../rules/handler-access.js';
import { isObject } from '../../values/is-object.js';
import type { ApplicationHandler } from '../application/application-handlers.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { handlerInWords } from '../application/handler-names.js';

/** The warning names at most this many handlers. */
const NAMED_HANDLERS = 5;

/** The warning about caches that return the answer for one caller to another; none without such caches. */
export function findSharedCaches(app: AuditedApplication): string[] {
  const shared = app.handlers
    .filter(({ access }) => !isForEveryone(access.access))
    .filter((handler) =>
      interceptorsOf(handler, app).some((interceptor) => sharesAnswers(interceptor, handler)),
    )
    .map(handlerInWords);
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

// The key under which Nest keeps what @UseInterceptors() names.
const INTERCEPTORS_METADATA = '__interceptors__';

/**
 * The interceptors that Nest calls for a handler: those of the application, of the class and of the method. A request-scoped interceptor is
 * represented by an instance whose constructor has not run.
 */
function interceptorsOf(
  { controller, handler }: ApplicationHandler,
  { get, modules }: AuditedApplication,
): object[] {
  const applicationConfig = get(ApplicationConfig);
  const interceptors: unknown[] = [
    ...applicationConfig.getGlobalInterceptors(),
    ...applicationConfig.getGlobalRequestInterceptors().map(({ instance }) => instance),
    ...[controller, handler]
      .flatMap(boundTo)
      .map((one) => (typeof one === 'function' ? instanceOf(one, modules) : one)),
  ];
  return interceptors.filter(isObject);
}

function boundTo(subject: Function): unknown[] {
  return (Reflect.getMetadata(INTERCEPTORS_METADATA, subject) ?? []) as unknown[];
}

/** The instance of a class that Nest created, or the one that replaces it in a test. */
function instanceOf(type: Function, modules: ModulesContainer): unknown {
  return [...modules.values()]
    .map(({ injectables }) => injectables.get(type)?.instance)
    .find(isObject);
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
 */
function sharesAnswers(interceptor: object, { handler, method }: ApplicationHandler): boolean {
  const nests = nestsPrototype(interceptor);
  const bound = interceptor as CacheInterceptor;
  if (nests === undefined || bound.trackBy !== nests.trackBy) return false;
  const cacheKey: unknown = Reflect.getMetadata(CACHE_KEY_METADATA, handler);
  if (cacheKey) return typeof cacheKey !== 'function';
  // Answers of handlers other than routes are cached only under @CacheKey().
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
