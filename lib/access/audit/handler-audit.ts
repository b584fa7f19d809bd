import { Injectable } from '@nestjs/common';
import { ResolvedOptions } from '../../options/resolved-options.js';
import type { HandlerKind } from '../../transport/handler-kinds.js';
import { HybridMicroservices } from '../../transport/hybrid-microservices.js';
import { OptionalPackages } from '../../transport/optional-packages.js';
import { AccessRules } from '../access-rules.js';
import { ApplicationHandlers, type ApplicationHandler } from '../application-handlers.js';
import { hasGuard } from '../bound-guards.js';
import { RouteAccessResolver } from '../route-access.js';
import type { AuditedHandler, HandlerSurroundings } from './audited-handler.js';
import { findForeignCredentials } from './foreign-credentials.js';
import { findForeignSources } from './foreign-sources.js';
import { findInMethod } from './method-checks.js';
import { findMissingTokenSource } from './token-sources.js';
import { findUnreachedHandlers } from './unreached-handlers.js';

const KINDS: Record<HandlerKind, string> = {
  operation: 'GraphQL operation',
  field: 'GraphQL field',
  reference: 'GraphQL reference',
  gateway: 'WebSocket message',
  message: 'message',
};

/** Looks at the rules of everything that is called by other than HTTP requests. */
@Injectable()
export class HandlerAudit {
  constructor(
    private readonly handlers: ApplicationHandlers,
    private readonly rules: AccessRules,
    private readonly access: RouteAccessResolver,
    private readonly packages: OptionalPackages,
    private readonly microservices: HybridMicroservices,
    private readonly options: ResolvedOptions,
  ) {}

  /** What cannot work or protects nothing. */
  findings(): string[] {
    const surroundings = this.surroundings();
    return this.handlers.list().flatMap((handler) => {
      const { controller, name, kind } = handler;
      return findInHandler(this.audited(handler), surroundings).map(
        (finding) => `${controller.name}.${name} (${KINDS[kind]}): ${finding}`,
      );
    });
  }

  private audited(handler: ApplicationHandler): AuditedHandler {
    const { controller, handler: method } = handler;
    return {
      ...handler,
      rules: this.rules.ofHandler(controller, method),
      access: this.access.of(controller, method).access,
      hasOwnGuard: hasGuard(controller, method),
    };
  }

  private surroundings(): HandlerSurroundings {
    return {
      isGuardGlobal: this.access.isGuardGlobal(),
      areFieldsGuarded: this.handlers.areFieldsGuarded(),
      areGatewaysFull: this.packages.gatewaysAreFull,
      hasDetachedMicroservice: this.microservices.hasOneWithoutGlobalGuards(),
      hasTokenSource: this.options.tokenSource !== undefined,
    };
  }
}

function findInHandler(audited: AuditedHandler, surroundings: HandlerSurroundings): string[] {
  return [
    ...findInMethod(audited),
    ...findForeignSources(audited.rules, audited.kind),
    ...findForeignCredentials(audited),
    ...findUnreachedHandlers(audited, surroundings),
    ...findMissingTokenSource(audited, surroundings),
  ];
}
