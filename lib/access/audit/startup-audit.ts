import { Injectable, Logger, type OnModuleInit, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { WebhookVerifier } from '../../webhook/webhook-verifier.js';
import { AccessRules } from '../access-rules.js';
import { ApplicationRoutes } from '../application-routes.js';
import { RouteAccessResolver } from '../route-access.js';
import type { AuditedRoute } from './audited-route.js';
import { findForeignSources } from './foreign-sources.js';
import { HandlerAudit } from './handler-audit.js';
import { findInMethod } from './method-checks.js';
import { findMissingPathParameters } from './missing-path-parameters.js';
import { findStrayRules, type AuditedClass } from './stray-rules.js';

/**
 * Looks at every rule when the application starts, and stops the start with a list of all that cannot work or protects nothing.
 */
@Injectable()
export class StartupAudit implements OnModuleInit {
  private readonly logger = new Logger('PropelAuth');

  constructor(
    private readonly modules: ModulesContainer,
    private readonly routes: ApplicationRoutes,
    private readonly rules: AccessRules,
    private readonly access: RouteAccessResolver,
    private readonly webhooks: WebhookVerifier,
    private readonly handlers: HandlerAudit,
    private readonly options: ResolvedOptions,
  ) {}

  onModuleInit(): void {
    const findings = [
      ...new Set([
        ...this.auditRoutes(),
        ...this.handlers.findings(),
        ...this.classes().flatMap(findStrayRules),
        ...this.auditWebhooks(),
      ]),
    ];
    if (findings.length === 0) return;
    const report = ['These access rules cannot work as they are written:', ...findings].join(
      '\n- ',
    );
    if (this.options.startupAudit === 'error') throw new PropelAuthConfigurationError(report);
    this.logger.warn(`${report}\nWhere they contradict each other, the strictest holds.`);
  }

  private auditRoutes(): string[] {
    return this.routes.list().flatMap((route) => {
      const audited: AuditedRoute = {
        ...route,
        rules: this.rules.ofHandler(route.controller, route.handler),
        access: this.access.of(route.controller, route.handler).access,
      };
      const where = `${route.controller.name}.${route.name} (${route.method} ${route.paths.join(', ')})`;
      return findInRoute(audited).map((finding) => `${where}: ${finding}`);
    });
  }

  private auditWebhooks(): string[] {
    const takesEvents = this.routes
      .list()
      .some(({ controller, handler }) => this.access.of(controller, handler).access === 'webhook');
    return takesEvents ? this.webhooks.findMissing() : [];
  }

  private classes(): AuditedClass[] {
    return [...this.modules.values()].flatMap(({ controllers, providers }) => [
      ...[...controllers.values()].map(({ metatype }) => ({
        type: metatype as Type,
        isController: true,
      })),
      ...[...providers.values()]
        .filter(({ metatype, isNotMetatype }) => !isNotMetatype && isClass(metatype))
        .map(({ metatype }) => ({ type: metatype as Type, isController: false })),
    ]);
  }
}

function findInRoute(audited: AuditedRoute): string[] {
  return [
    ...findInMethod(audited),
    ...findMissingPathParameters(audited),
    ...findForeignSources(audited.rules, 'http'),
  ];
}

/** A factory is a function, too. */
function isClass(metatype: unknown): boolean {
  return (
    typeof metatype === 'function' &&
    typeof metatype.prototype === 'object' &&
    metatype.prototype !== null
  );
}
