import type { AbstractHttpAdapter } from '@nestjs/core';
import { unwrapRequest, urlOf } from '../access/raw-request.js';
import { HOSTED_PAGES } from '../pages/hosted-page.js';

/** PropelAuth's paths of pages, to which its libraries lead, and where the pages are here. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ['/login', '/propelauth/login'],
  ['/signup', '/propelauth/login'],
  ...[...HOSTED_PAGES.keys()].map((name): [string, string] => [
    `/${name}`,
    `/propelauth/pages/${name}`,
  ]),
]);

/**
 * Redirects from PropelAuth's paths of pages. PropelAuth has them on a host of its own, so the application may have routes with the same
 * paths: its routes come first, and the pages themselves are below `/propelauth/`.
 *
 * @param adapter has the routes of the application already
 */
export function redirectShortPaths(adapter: AbstractHttpAdapter): void {
  const fastify = fastifyOf(adapter);
  if (fastify === undefined) addRedirects(adapter, [...PAGES.keys()]);
  else {
    // Fastify must not get a route twice. This plugin loads after those of the application, which may add routes too.
    fastify.register(async () => {
      addRedirects(
        adapter,
        [...PAGES.keys()].filter((url) => !fastify.hasRoute({ method: 'GET', url })),
      );
    });
  }
}

/** Express asks the routes of the application first. */
function addRedirects(adapter: AbstractHttpAdapter, paths: readonly string[]): void {
  for (const path of paths) {
    adapter.get(path, (request: unknown, response: unknown) => {
      const [query = ''] = /\?.*$/.exec(urlOf(unwrapRequest(request))) ?? [];
      adapter.redirect(response, 302, `${PAGES.get(path)}${query}`);
    });
  }
}

/** What is used of Fastify, which is an optional dependency. */
interface FastifyLike {
  hasRoute(route: { method: string; url: string }): boolean;
  register(plugin: () => Promise<void>): void;
}

function fastifyOf(adapter: AbstractHttpAdapter): FastifyLike | undefined {
  const instance = adapter.getInstance<Partial<FastifyLike>>();
  return instance.hasRoute && instance.register ? (instance as FastifyLike) : undefined;
}
