import type { AbstractHttpAdapter } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** The part of Express that shows how it compares paths. */
interface Express {
  readonly router: { readonly caseSensitive?: boolean };
}

/** How Fastify compares paths. It accepts router options in either place. */
export function routerOptionsOf({ initialConfig }: Pick<FastifyInstance, 'initialConfig'>) {
  return { ...initialConfig, ...initialConfig.routerOptions };
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
  return routerOptionsOf(adapter.getInstance<FastifyInstance>()).caseSensitive !== false;
}
