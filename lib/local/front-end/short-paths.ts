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
  for (const [path, page] of PAGES) {
    if (isFastifyRoute(adapter, path)) continue;
    adapter.get(path, (request: unknown, response: unknown) => {
      const [query = ''] = /\?.*$/.exec(urlOf(unwrapRequest(request))) ?? [];
      adapter.redirect(response, 302, page + query);
    });
  }
}

/** Express asks the routes of the application first. Fastify must not get a route twice. */
function isFastifyRoute(adapter: AbstractHttpAdapter, url: string): boolean {
  const instance = adapter.getInstance<{ hasRoute?: (route: object) => boolean }>();
  return instance.hasRoute?.({ method: 'GET', url }) === true;
}
