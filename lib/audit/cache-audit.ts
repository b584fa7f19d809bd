import { Injectable, Logger, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { isForEveryone } from '../rules/handler-access.js';
import { ApplicationHandlers } from './application/application-handlers.js';
import { ApplicationInterceptors } from './application/application-interceptors.js';
import { ApplicationRoutes } from './application/application-routes.js';
import { HandlerAccessResolver } from './application/handler-access-resolver.js';
import { handlerInWords, routeInWords } from './application/handler-names.js';
import { sharesAnswers } from './checks/shared-answers.js';

/** The warning names at most this many handlers. */
const NAMED_HANDLERS = 5;

/** Warns of caches that return the answer for one caller to another. */
@Injectable()
export class CacheAudit implements OnApplicationBootstrap {
  private readonly logger = new Logger('PropelAuth');

  constructor(
    private readonly routes: ApplicationRoutes,
    private readonly handlers: ApplicationHandlers,
    private readonly interceptors: ApplicationInterceptors,
    private readonly access: HandlerAccessResolver,
  ) {}

  /** The earliest hook at which all interceptors and rules are known. */
  onApplicationBootstrap(): void {
    const shared = [...this.sharedRoutes(), ...this.sharedHandlers()];
    if (shared.length === 0) return;
    this.logger.warn(
      `${namesOf([...new Set(shared)])}: CacheInterceptor can return one caller's response to another, because its cache ` +
        'key does not include the caller. Bind a subclass whose trackBy() adds the caller, as in ' +
        'docs/recipes/cache-manager.md.',
    );
  }

  private sharedRoutes(): string[] {
    return this.routes
      .list()
      .filter(({ controller, handler, method }) => this.isShared(controller, handler, method))
      .map(routeInWords);
  }

  private sharedHandlers(): string[] {
    return this.handlers
      .list()
      .filter(({ controller, handler }) => this.isShared(controller, handler))
      .map(handlerInWords);
  }

  private isShared(controller: Type, handler: Function, method?: string): boolean {
    return (
      !isForEveryone(this.access.of(controller, handler).access) &&
      this.interceptors
        .of(controller, handler)
        .some((interceptor) => sharesAnswers(interceptor, handler, method))
    );
  }
}

function namesOf(handlers: readonly string[]): string {
  const named = handlers.slice(0, NAMED_HANDLERS).join(', ');
  const left = handlers.length - NAMED_HANDLERS;
  return left > 0 ? `${named} and ${left} more` : named;
}
