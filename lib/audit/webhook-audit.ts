import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { CurrentAccess } from '../plugins/current-access.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { EventHandlers, type EventHandler } from '../propelauth/webhooks/event-handlers.js';
import { WebhookEndpoint } from '../propelauth/webhooks/webhook-endpoint.js';
import { WebhookVerifier } from '../propelauth/webhooks/webhook-verifier.js';
import { ApplicationRoutes, type ApplicationRoute } from './application/application-routes.js';
import { HandlerAccessResolver } from './application/handler-access-resolver.js';
import { findInServedPath } from './checks/served-paths.js';

const OTHER_ADAPTER =
  'Remove it, write a route under @PropelAuthWebhook(), and pass the event on with PropelAuthWebhooks.dispatch().';

const HOW_TO_RECEIVE =
  'Set the option webhooks.path, or write a route under @PropelAuthWebhook() that calls PropelAuthWebhooks.dispatch().';

/** Finds events that could not be received, and handlers that would not be called, when the application starts. */
@Injectable()
export class WebhookAudit {
  // A private field: logging this object must not print the whole application.
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    private readonly options: ResolvedOptions,
    @Inject(CurrentAccess) private readonly currentAccess: CurrentAccess | undefined,
    private readonly verifier: WebhookVerifier,
    private readonly endpoint: WebhookEndpoint,
    private readonly handlers: EventHandlers,
    private readonly routes: ApplicationRoutes,
    private readonly access: HandlerAccessResolver,
    adapterHost: HttpAdapterHost,
  ) {
    this.#adapterHost = adapterHost;
  }

  /** Fails for a path that cannot be served. */
  assertPathIsServed(): void {
    assertNone(this.auditPath());
  }

  /**
   * Fails for event handlers that would miss events or get them twice, and for live access without events. Middleware is known only when
   * all modules are configured.
   */
  assertEventsArrive(): void {
    assertNone([
      ...this.auditHandlers(),
      ...this.auditLiveAccess(),
      ...new Set(this.handlers.listUnreachable().map(describeUnreachable)),
    ]);
  }

  /** The missing requirements of routes under `@PropelAuthWebhook()`. */
  findMissingForRoutes(): string[] {
    return this.webhookRoutes().length > 0 ? this.verifier.findMissing('@PropelAuthWebhook()') : [];
  }

  private auditPath(): string[] {
    const path = this.options.webhooks?.path;
    if (path === undefined) return [];
    const missing = this.verifier.findMissing('The option webhooks.path');
    const served = {
      name: 'webhooks.path',
      kind: 'option',
      path,
      methods: 'POST',
      isServed: this.endpoint.isServed,
      otherAdapterAdvice: OTHER_ADAPTER,
    } as const;
    return [
      ...missing,
      ...findInServedPath(served, this.#adapterHost.httpAdapter, this.routes.list()),
    ];
  }

  private auditHandlers(): string[] {
    const handlers = this.handlers.list();
    const [handler] = handlers;
    if (handler === undefined) return [];
    return [
      ...this.auditReception(handler),
      ...handlers.filter(({ isRecreated }) => isRecreated).map(describeRecreated),
      ...findSharedNames(handlers),
    ];
  }

  /** Finds the reasons why no events would arrive. */
  private auditReception({ name }: EventHandler): string[] {
    const missing = this.verifier.findMissing(`${name}: @OnPropelAuthEvent()`);
    if (missing.length > 0) return missing;
    if (this.receivesEvents()) return [];
    return [
      `${name}: @OnPropelAuthEvent() is never called, because the application receives no events. ${HOW_TO_RECEIVE}`,
    ];
  }

  /** Live access that gets changes from other instances needs no events of its own. */
  private auditLiveAccess(): string[] {
    if (this.currentAccess?.needsEvents !== true || this.receivesEvents()) return [];
    return [
      `liveAccess() has no effect, because the application receives no events. ${HOW_TO_RECEIVE}`,
    ];
  }

  private receivesEvents(): boolean {
    return this.options.webhooks?.path !== undefined || this.webhookRoutes().length > 0;
  }

  private webhookRoutes(): ApplicationRoute[] {
    return this.routes
      .list()
      .filter(
        ({ controller, handler }) => this.access.of(controller, handler).access === 'webhook',
      );
  }
}

function assertNone(findings: readonly string[]): void {
  if (findings.length === 0) return;
  throw new PropelAuthConfigurationError(
    ['Events from PropelAuth cannot be handled:', ...findings].join('\n- '),
  );
}

function describeRecreated({ name, type }: EventHandler): string {
  return (
    `${name}: @OnPropelAuthEvent() does not work on a request-scoped or transient class. Make ${type.name} and its ` +
    'dependencies singletons, or move the handler to a singleton.'
  );
}

function describeUnreachable({ name, type }: EventHandler): string {
  return (
    `${name}: @OnPropelAuthEvent() is never called on a guard, interceptor, pipe, filter or middleware that is not a ` +
    `provider. Move the handler to a provider, and inject the provider into ${type.name} if needed.`
  );
}

/** Finished handlers are remembered by name, so each name must be unique. */
function findSharedNames(handlers: readonly EventHandler[]): string[] {
  return [...new Set(handlers.map(({ name }) => name))].flatMap((name) => {
    const sharing = handlers.filter((handler) => handler.name === name);
    if (sharing.length === 1) return [];
    const isOneClass = new Set(sharing.map(({ type }) => type)).size === 1;
    const modules = sharing.map(({ moduleName }) => moduleName).join(', ');
    return isOneClass
      ? `${name}: its class is provided several times (in ${modules}), so it would handle each event several times. Provide ` +
          'it in one module, and export it there.'
      : `${name}: several classes have this name (in ${modules}), so their finished handlers cannot be told apart. Rename one of them.`;
  });
}
