import { Injectable, Logger, type OnModuleInit, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../../options/configuration.error.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { WebhookVerifier } from '../../webhook/webhook-verifier.js';
import { AccessRules } from '../access-rules.js';
import { ApplicationRoutes } from '../application-routes.js';
import { RouteAccessResolver } from '../route-access.js';
import type { AuditedRoute } from './audited-route.js';
import { findContradictions } from './contradictions.js';
import { findMissingPathParameters } from './missing-path-parameters.js';
import { findReplacedMethods } from './replaced-methods.js';
import { findStrayRules, type AuditedClass } from './stray-rules.js';
import { findUnguardedParameters } from './unguarded-parameters.js';

const ROUTE_CHECKS = [
  findContradictions,
  findMissingPathParameters,
  findReplacedMethods,
  findUnguardedParameters,
];

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
    private readonly options: ResolvedOptions,
  ) {}

  onModuleInit(): void {
    const findings = [
      ...new Set([
        ...this.auditRoutes(),
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
      return ROUTE_CHECKS.flatMap((check) => check(audited)).map(
        (finding) => `${where}: ${finding}`,
      );
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

/** A factory is a function, too. */
function isClass(metatype: unknown): boolean {
  return (
    typeof metatype === 'function' &&
    typeof metatype.prototype === 'object' &&
    metatype.prototype !== null
  );
}
