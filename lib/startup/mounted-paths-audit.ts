import { Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GLOBAL_LEVEL, type GlobalLevel } from '../rules/global-level.js';
import { pathsServedOn } from '../transports/http/serve-path.js';
import { followMountedPaths, isBelowAny } from './application/mounted-paths.js';

/** Warns of what is mounted on the HTTP adapter, where global rules do not reach. */
@Injectable()
export class MountedPathsAudit {
  // Private fields: logging this object must not print the whole application.
  readonly #adapterHost: HttpAdapterHost;
  #list: () => string[] = () => [];

  constructor(
    adapterHost: HttpAdapterHost,
    @Inject(GLOBAL_LEVEL) private readonly globalLevel: GlobalLevel,
  ) {
    this.#adapterHost = adapterHost;
    if (globalLevel.rules.length === 0) return;
    const follow = () => (this.#list = followMountedPaths(adapterHost.httpAdapter));
    // A testing module gets its adapter later. Since 11.1.4, Nest emits an event then.
    if (adapterHost.httpAdapter) follow();
    else (adapterHost as Partial<HttpAdapterHost>).init$?.subscribe(follow);
  }

  /** To be called before Nest registers routes and middleware: until then, the application itself mounts paths. */
  warn(): void {
    const known = [...this.globalLevel.paths, ...pathsServedOn(this.#adapterHost)].map(
      withoutSlash,
    );
    const mounted = [...new Set(this.#list().map(withoutSlash))]
      // A wildcard serves files or a front end.
      .filter((path) => !path.includes('*') && !isBelowAny(path, known));
    const topmost = mounted.filter(
      (path) => !mounted.some((other) => other !== path && isBelowAny(path, [other])),
    );
    if (topmost.length === 0) return;
    new Logger('PropelAuth').warn(
      `${topmost.join(', ')}: global rules do not reach what is mounted on the HTTP adapter, because no guard runs there. ` +
        'Protect it as the page "Require a user" of the documentation shows, or list what you protect yourself or leave open: ' +
        `except: [${topmost.map((path) => `'${path}'`).join(', ')}].`,
    );
  }
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
