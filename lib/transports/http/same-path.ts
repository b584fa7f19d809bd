import type { AbstractHttpAdapter } from '@nestjs/core';

/** The part of Express that shows how it compares paths. */
interface Express {
  readonly router: { readonly caseSensitive?: boolean };
}

interface FastifyRouterOptions {
  readonly caseSensitive?: boolean;
}

/** Fastify accepts router options in either place. */
interface Fastify {
  readonly initialConfig: FastifyRouterOptions & { readonly routerOptions?: FastifyRouterOptions };
}

/** Whether the router of an application takes two paths for the same. Nest registers all paths without a slash at the end. */
export function isSamePath(adapter: AbstractHttpAdapter, one: string, other: string): boolean {
  if (one === other) return true;
  return !isCaseSensitive(adapter) && one.toLowerCase() === other.toLowerCase();
}

function isCaseSensitive(adapter: AbstractHttpAdapter): boolean {
  if (adapter.getType() === 'express') {
    return adapter.getInstance<Express>().router.caseSensitive === true;
  }
  const { initialConfig } = adapter.getInstance<Fastify>();
  const { caseSensitive = true } = { ...initialConfig, ...initialConfig.routerOptions };
  return caseSensitive;
}
