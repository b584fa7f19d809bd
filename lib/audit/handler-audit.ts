import { Injectable, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ResolvedOptions } from '../options/resolved-options.js';
import { OptionalPackages } from '../transports/optional-packages.js';
import { mayReadMessages } from '../transports/built-in-token-sources.js';
import { handlerAccessOf, OPEN_ACCESS, type HandlerAccess } from '../rules/handler-access.js';
import { levelsOf } from '../rules/handler-levels.js';
import { Policies } from '../rules/policies.js';
import type { HandlerMethod } from './application/application-handler.js';
import { ApplicationHandlers } from './application/application-handlers.js';
import { ApplicationRoutes } from './application/application-routes.js';
import { GlobalGuardCheck } from '../guard/propel-auth.guard.js';
import { GlobalGuards } from './application/global-guards.js';
import type { AuditedHandler, AuditContext } from './checks/audited-handler.js';
import type { AuditedMethod, AuditedRoute } from './checks/audited-route.js';
import { findUnreachedHandlers } from './checks/unreached-handlers.js';

/** A handler, and who may call it. */
export interface AccessedHandler {
  readonly subject: AuditedRoute | AuditedHandler;
  readonly access: HandlerAccess;
}

/** Lists the handlers of the application with their rules, and tells who may call them. */
@Injectable()
export class HandlerAudit {
  // A private field: logging this object must not print the whole application.
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    private readonly routes: ApplicationRoutes,
    private readonly handlers: ApplicationHandlers,
    private readonly policies: Policies,
    private readonly packages: OptionalPackages,
    private readonly globalGuardCheck: GlobalGuardCheck,
    private readonly globalGuards: GlobalGuards,
    adapterHost: HttpAdapterHost,
    private readonly options: ResolvedOptions,
  ) {
    this.#adapterHost = adapterHost;
  }

  list(): (AuditedRoute | AuditedHandler)[] {
    return [...this.listRoutes(), ...this.listHandlers()];
  }

  listRoutes(): AuditedRoute[] {
    return this.routes.list().map((route) => this.audited(route));
  }

  /** The handlers that receive no HTTP requests. */
  listHandlers(): AuditedHandler[] {
    return this.handlers.list().map((handler) => this.audited(handler));
  }

  /** What the checks need to know about the application. */
  context(): AuditContext {
    return {
      kinds: this.policies.kinds,
      isGuardGlobal: this.globalGuardCheck.isRegistered(),
      areFieldsGuarded: this.handlers.areFieldsGuarded(),
      globalGuardsReachGateways:
        this.packages.hasNest12Gateways && this.globalGuardCheck.isSingleton(),
      // An application without HTTP has null here.
      isHttpApplication: Boolean(this.#adapterHost.httpAdapter),
      readsMessages: mayReadMessages(this.options.tokenSource),
      isGlobalGuard: (guard) => this.globalGuards.include(guard),
    };
  }

  /** All handlers with the access to them: everyone's, where Nest calls no guard. */
  listWithAccess(): AccessedHandler[] {
    const auditContext = this.context();
    return this.list().map((subject) => {
      const isUnreached = findUnreachedHandlers(subject, auditContext).length > 0;
      const access = isUnreached ? OPEN_ACCESS : this.accessOf(subject.controller, subject.handler);
      return { subject, access };
    });
  }

  /**
   * Who may call a handler, from the rules that the guard itself uses.
   *
   * @param handler the function that Nest calls
   */
  accessOf(controller: Type, handler: Function): HandlerAccess {
    const policy = this.policies.ofHandler(controller, handler);
    return policy.isExplicit || this.globalGuardCheck.isRegistered()
      ? handlerAccessOf(policy)
      : OPEN_ACCESS;
  }

  private audited<Handler extends HandlerMethod>(method: Handler): Handler & AuditedMethod {
    const { controller, handler } = method;
    return {
      ...method,
      policy: this.policies.ofHandler(controller, handler),
      access: this.accessOf(controller, handler).access,
      levels: levelsOf(controller, method.name),
    };
  }
}
