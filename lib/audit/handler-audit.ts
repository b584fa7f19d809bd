import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ResolvedOptions } from '../options/resolved-options.js';
import type { HandlerKind } from '../rules/handler-kinds.js';
import { OptionalPackages } from '../transports/optional-packages.js';
import { mayReadMessages } from '../transports/built-in-token-sources.js';
import { OPEN_ACCESS, type HandlerAccess } from '../rules/handler-access.js';
import { levelsOf } from '../rules/handler-levels.js';
import { Policies } from '../rules/policies.js';
import type { ApplicationHandler } from './application/application-handler.js';
import { ApplicationHandlers } from './application/application-handlers.js';
import { GlobalGuardCheck } from '../guard/propel-auth.guard.js';
import { GlobalGuards } from './application/global-guards.js';
import { HandlerAccessResolver } from './application/handler-access-resolver.js';
import type { AuditedHandler, AuditContext } from './checks/audited-handler.js';
import { AuditExtension } from './audit-extension.js';
import { findAbsentGuardsOfHandler } from './checks/absent-guards.js';
import { findUnaskedKeys } from './checks/imported-api-keys.js';
import { findMisplacedCredentials } from './checks/misplaced-credentials.js';
import { findMisplacedSources } from './checks/misplaced-sources.js';
import { findLostGuards } from './checks/lost-guards.js';
import { findInMethod } from './checks/method-checks.js';
import { findIn } from './checks/named-findings.js';
import { findMissingTokenSource } from './checks/token-sources.js';
import { findUntraceable } from './checks/untraceable-handlers.js';
import { findUnreachedHandlers } from './checks/unreached-handlers.js';

/** Checks the rules of all handlers that receive no HTTP requests. */
@Injectable()
export class HandlerAudit {
  // A private field: logging this object must not print the whole application.
  readonly #adapterHost: HttpAdapterHost;

  constructor(
    private readonly handlers: ApplicationHandlers,
    private readonly policies: Policies,
    private readonly access: HandlerAccessResolver,
    private readonly packages: OptionalPackages,
    private readonly globalGuardCheck: GlobalGuardCheck,
    private readonly globalGuards: GlobalGuards,
    adapterHost: HttpAdapterHost,
    private readonly options: ResolvedOptions,
    @Inject(AuditExtension) private readonly extension: AuditExtension | undefined,
  ) {
    this.#adapterHost = adapterHost;
  }

  /** The handlers, with their rules. */
  list(): AuditedHandler[] {
    return this.handlers.list().map((handler) => this.audited(handler));
  }

  /** The rules that cannot work. */
  findings(handlers: readonly AuditedHandler[]): string[] {
    return this.examine(handlers, (audited, auditContext) => [
      ...findInHandler(audited, auditContext),
      ...findUnaskedKeys(audited.policy, this.options),
      ...(this.extension?.findMistakes(audited) ?? []),
    ]);
  }

  /** The handlers that look guarded, but are open. */
  findOpenHandlers(handlers: readonly AuditedHandler[]): string[] {
    return this.examine(handlers, findOpenings);
  }

  /** The access to a handler: everyone, if Nest calls no guard. */
  accessOf(handler: ApplicationHandler): HandlerAccess {
    const audited = this.audited(handler);
    if (findUnreachedHandlers(audited, this.auditContext()).length > 0) return OPEN_ACCESS;
    return this.access.of(handler.controller, handler.handler);
  }

  private examine(
    handlers: readonly AuditedHandler[],
    check: (audited: AuditedHandler, auditContext: AuditContext) => string[],
  ): string[] {
    const auditContext = this.auditContext();
    return findIn(handlers, (handler) => check(handler, auditContext));
  }

  private audited(handler: ApplicationHandler): AuditedHandler {
    const { controller, handler: method } = handler;
    return {
      ...handler,
      policy: this.policies.ofHandler(controller, method),
      access: this.access.of(controller, method).access,
      levels: levelsOf(controller, handler.name),
    };
  }

  private auditContext(): AuditContext {
    return {
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
}

function findInHandler(audited: AuditedHandler, auditContext: AuditContext): string[] {
  return [
    ...findInMethod(audited),
    ...findMisplacedSources(audited.policy, audited.kind),
    ...findMisplacedCredentials(audited),
    ...findMissingTokenSource(audited, auditContext),
  ];
}

function findOpenings(audited: AuditedHandler, auditContext: AuditContext): string[] {
  return [
    ...findUntraceable(audited),
    ...findUnreachedHandlers(audited, auditContext),
    ...findLostGuards(audited, isReachedByGlobalGuard(audited, auditContext)),
    ...findAbsentGuardsOfHandler(audited, auditContext),
  ];
}

function isReachedByGlobalGuard(
  { kind }: AuditedHandler,
  { isGuardGlobal, areFieldsGuarded, globalGuardsReachGateways, isHttpApplication }: AuditContext,
): boolean {
  const isReached: Record<HandlerKind, boolean> = {
    operation: true,
    field: areFieldsGuarded,
    reference: areFieldsGuarded,
    gateway: globalGuardsReachGateways,
    message: !isHttpApplication,
    mcp: !isHttpApplication,
  };
  return isGuardGlobal && isReached[kind];
}
