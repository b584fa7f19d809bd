import type { AbstractHttpAdapter } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** The part of a router of Express 5.3 that is read here, as the package `router` publishes its types. Older ones have no `rawPath`. */
interface ExpressRouter {
  readonly stack: readonly ExpressLayer[];
}

interface ExpressLayer {
  readonly name: string;
  readonly rawPath?: unknown;
  readonly handle: Function | ExpressRouter;
  readonly route?: { readonly stack: readonly { readonly method?: string }[] };
}

const FASTIFY_HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const;

/**
 * Follows what is mounted on an adapter without anything in front of it that may check the caller. To be called before the application
 * mounts anything.
 *
 * @param adapter an application without HTTP has none
 * @returns lists the paths so far; none for adapters that do not tell them
 */
export function followMountedPaths(
  adapter: AbstractHttpAdapter | null | undefined,
): () => string[] {
  if (!adapter) return () => [];
  if (adapter.getType() === 'fastify') return pathsAddedTo(adapter.getInstance<FastifyInstance>());
  return () => {
    try {
      return pathsIn(adapter.getInstance<{ readonly router: ExpressRouter }>().router);
    } catch {
      // Express 4 throws, and others have no router. A warning is not worth a failure.
      return [];
    }
  };
}

function pathsIn({ stack }: ExpressRouter): string[] {
  const checked: string[] = [];
  return stack.flatMap((layer) => {
    const { route, handle } = layer;
    const paths = [layer.rawPath].flat().filter((path) => typeof path === 'string');
    if (route !== undefined && (route.stack.length > 1 || isPreflight(route.stack[0]?.method)))
      return [];
    const inner = isRouter(handle) ? pathsIn(handle) : [];
    // Express names another application that is mounted so.
    const answers = route !== undefined || inner.length > 0 || layer.name === 'mounted_app';
    if (answers) {
      return paths
        .filter((path) => !isBelowAny(path, checked))
        .flatMap((path) => (path === '/' && inner.length > 0 ? inner : path));
    }
    // Middleware. At the root, it is for all paths, such as a body parser.
    checked.push(...paths.filter((path) => path !== '/'));
    return [];
  });
}

function isRouter(handle: ExpressLayer['handle']): handle is ExpressRouter {
  return 'stack' in handle && Array.isArray(handle.stack);
}

function pathsAddedTo(instance: FastifyInstance): () => string[] {
  const paths: string[] = [];
  instance.addHook('onRoute', (route) => {
    const isChecked = FASTIFY_HOOKS.some((hook) => route[hook] !== undefined);
    if (!isChecked && !isPreflight(String(route.method))) paths.push(route.url);
  });
  return () => paths;
}

function isPreflight(method: string | undefined): boolean {
  return method?.toUpperCase() === 'OPTIONS';
}

/** Whether a path is one of others, or below one of them. */
export function isBelowAny(path: string, others: readonly string[]): boolean {
  return others.some((other) => path === other || path.startsWith(`${other}/`));
}
