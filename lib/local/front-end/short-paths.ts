import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { ApplicationRoutes } from '../../audit/application/application-routes.js';
import { urlOf } from '../access/raw-request.js';
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
 * paths: these come first, and the pages themselves are below `/propelauth/`.
 *
 * A middleware, because a route would come after those of the application that take any path, such as one that serves a front end.
 */
@Injectable()
export class ShortPaths {
  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly host: HttpAdapterHost,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse, next: () => void): void {
    const [path = '', ...query] = urlOf(request).split(/(?=\?)/);
    const page = PAGES.get(path);
    if (page === undefined || !isForPage(request) || this.isRouteOfApplication(path)) next();
    else response.writeHead(302, { Location: page + query.join('') }).end();
  }

  private isRouteOfApplication(path: string): boolean {
    const routes = this.moduleRef.get(ApplicationRoutes, { strict: false }).list();
    return (
      routes.some(({ method, paths }) => /^(GET|ALL)$/.test(method) && paths.includes(path)) ||
      this.isRouteOfFastify(path)
    );
  }

  /** Plugins add routes that Nest does not know. */
  private isRouteOfFastify(url: string): boolean {
    const instance = this.host.httpAdapter.getInstance<{ hasRoute?: (route: object) => boolean }>();
    return instance.hasRoute?.({ method: 'GET', url }) === true;
  }
}

function isForPage({ method = '' }: IncomingMessage): boolean {
  return /^(GET|HEAD)$/.test(method);
}
