import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { AccessDecider } from '../guard/access-decider.js';
import { CallerAccounts } from '../rules/account/caller-accounts.js';
import { HandlerPreparation } from '../guard/handler-preparation.js';
import { levelsOf } from '../rules/handler-levels.js';
import { orgRule } from '../rules/org/org-rule.js';
import { combinedOf } from '../rules/policy.js';
import { Policies } from '../rules/policies.js';
import { hasRules } from '../rules/ruled-classes.js';
import { isDevelopment } from '../values/node-environment.js';
import { classOf } from '../values/provided-class.js';
import type { ApplicationHandler } from './application/application-handler.js';
import { OrgSources } from '../rules/org/org-sources.js';
import type { AuditedHandler } from './checks/audited-handler.js';
import type { AuditedMethod } from './checks/audited-route.js';
import { CallerKinds } from '../callers/caller-identifier.js';
import { OwnCallerKinds } from '../callers/own/own-caller-kinds.js';
import { describedHandlers } from './access-descriptions.js';
import { servedSchemasIn } from './application/served-schemas.js';
import { assertAccessTable } from './access-table.js';
import { findSharedCaches } from './cache-audit.js';
import { findDebugMode } from './debug-mode-audit.js';
import { AuditExtension } from './audit-extension.js';
import { findAbsentGuards, findAbsentGuardsOf } from './checks/absent-guards.js';
import { findMisplacedParameters } from './checks/misplaced-parameters.js';
import { findMissingAccountOption } from './checks/missing-account-option.js';
import { findMissingPlugins, type PluginContext } from './checks/missing-plugins.js';
import { findDeadOpenings } from './checks/dead-openings.js';
import { HandlerAudit } from './handler-audit.js';
import {
  findDetachedParents,
  findLostGuards,
  findWrongConstructor,
  hasOwnConstructor,
} from './checks/lost-guards.js';
import { assertNone, findIn, listOf } from './checks/named-findings.js';
import { findGuardedStreamCalls } from './checks/stream-calls.js';
import { findUnreachedHandlers } from './checks/unreached-handlers.js';
import { findUnusableKinds } from './checks/unusable-kinds.js';
import { findMistakes } from './checks/method-checks.js';
import { findUnaskedKeys } from './checks/imported-api-keys.js';
import { findOtherCopy } from './checks/other-copy.js';
import { findCompiledQueries, findOpenFields } from './schema-audit.js';
import { findUncheckedOrgs } from './unchecked-org-audit.js';
import { UncheckedOrgCalls } from './unchecked-org-calls.js';
import { WebhookAudit } from './webhook-audit.js';
import { findUnenforcedRules, type AuditedClass } from './checks/unenforced-rules.js';
import {
  findUntraceable,
  otherHandlersOf,
  type TracedMethod,
} from './checks/untraceable-handlers.js';

/** A class, and what Nest knows about its guards. */
type ProvidedClass = AuditedClass & Pick<ApplicationHandler, 'isMadeByFactory' | 'providesGuard'>;

/**
 * Checks every rule when the application starts. An open handler always makes startup fail. A rule that cannot work makes startup fail
 * unless the option `startupAudit` is `'warn'`.
 */
@Injectable()
export class StartupAudit implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('PropelAuth');

  private isClosed = false;

  // Private fields: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;
  readonly #moduleRef: ModuleRef;

  constructor(
    modules: ModulesContainer,
    moduleRef: ModuleRef,
    private readonly preparation: HandlerPreparation,
    private readonly policies: Policies,
    private readonly webhooks: WebhookAudit,
    private readonly handlers: HandlerAudit,
    private readonly orgSources: OrgSources,
    private readonly callerKinds: CallerKinds,
    private readonly ownCallerKinds: OwnCallerKinds,
    private readonly accounts: CallerAccounts,
    @Inject(AuditExtension) private readonly extension: AuditExtension | undefined,
    private readonly options: ResolvedOptions,
    private readonly decider: AccessDecider,
  ) {
    this.#modules = modules;
    this.#moduleRef = moduleRef;
  }

  /**
   * Fails if a handler is open. The module calls this before Nest registers routes, so that a server that already listens never serves an
   * open handler. In an application without HTTP, {@link onModuleInit} calls it.
   */
  assertNothingIsOpen(): void {
    if (this.isClosed) return;
    this.preparation.prepareInstances();
    this.ownCallerKinds.register();
    // Policies that describeAccess() or SwaggerModule asked for before may be outdated.
    this.policies.forget();
    const classes = this.classes();
    const routes = this.handlers.listRoutes();
    const handlers = this.handlers.listHandlers();
    const methods = [...routes, ...handlers];
    const auditContext = this.handlers.context();
    const plugins = this.pluginContext(handlers);
    assertNone('These handlers cannot be guarded:', findIn(methods, findGuardedStreamCalls));
    assertNothingIsOpen([
      ...classes.flatMap(findOtherCopy),
      ...classes
        .filter(({ type }) => hasRules(type) || this.losesRules(type, methods))
        .flatMap(({ type }) => findWrongConstructor(type)),
      ...classes.flatMap(findDetachedParents),
      ...this.auditElsewhere(classes, methods),
      ...findIn(methods, (method) => [
        ...findUntraceable(method),
        ...findUnreachedHandlers(method, auditContext),
        ...findLostGuards(method, auditContext),
        ...findAbsentGuards(method, auditContext),
        ...findMissingPlugins(method, plugins),
        ...findMissingAccountOption(method, this.accounts.isConfigured),
      ]),
      ...(this.extension?.findOpenings(routes, handlers) ?? []),
    ]);
    const kinds = this.callerKinds.list;
    assertNone(
      'These handlers accept kinds of callers that they cannot use:',
      findIn(methods, (method) => findUnusableKinds(method, kinds)),
    );
    this.accounts.assertUsable();
    for (const { policy } of methods) {
      const { sources = [] } = combinedOf(policy, orgRule) ?? {};
      sources.forEach((source) => this.orgSources.assertUsable(source));
    }
    this.webhooks.assertCanReceive();
    this.extension?.assertIsServed(routes);
    this.isClosed = true;
  }

  onModuleInit(): void {
    this.assertNothingIsOpen();
    this.webhooks.assertEventsArrive();
    const methods = this.handlers.list();
    const auditContext = this.handlers.context();
    this.report([
      ...findIn(methods, (method) => [
        ...findMistakes(method, auditContext),
        ...findUnaskedKeys(method, this.options),
        ...(this.extension?.findMistakes(method) ?? []),
      ]),
      ...findDeadOpenings(methods),
      ...[...this.classes(), ...this.enhancers()].flatMap((audited) => [
        ...findUnenforcedRules(audited),
        ...findMisplacedParameters(audited, this.policies, auditContext),
      ]),
    ]);
  }

  /** GraphQL schemas exist only when all modules are initialized. */
  onApplicationBootstrap(): void {
    const handlers = this.handlers.listHandlers();
    const schemas = servedSchemasIn(this.#modules);
    if (this.handlers.context().isGuardGlobal) {
      assertNothingIsOpen(findOpenFields(schemas, handlers, this.policies));
    }
    assertNone('These queries cannot be guarded:', findCompiledQueries(schemas, handlers));
    const { accessTable, debugMode } = this.options;
    if (accessTable !== undefined) assertAccessTable(this.#moduleRef, accessTable);
    const described = describedHandlers(this.#moduleRef);
    const warnings = [
      ...findDebugMode(debugMode),
      ...findSharedCaches(this.#moduleRef),
      ...findUncheckedOrgs(described.handlers),
    ];
    for (const warning of warnings) this.logger.warn(warning);
    if (!isDevelopment()) return;
    const calls = new UncheckedOrgCalls(described.handlers, described.orgNames);
    this.decider.watchAllowed((decision) => calls.look(decision));
  }

  private pluginContext(handlers: readonly AuditedHandler[]): PluginContext {
    const mcpHandlers = handlers.filter(({ kind }) => kind === 'mcp');
    return {
      kinds: this.callerKinds.list.map(({ name }) => name),
      hasRuledMcpHandler: mcpHandlers.some(({ policy }) => policy.isExplicit),
    };
  }

  /** Checks the handlers that another library calls. Nest does not list them. */
  private auditElsewhere(
    classes: readonly ProvidedClass[],
    listed: readonly AuditedMethod[],
  ): string[] {
    return classes.flatMap((provided) => {
      const { type } = provided;
      const names = listed.filter(({ controller }) => controller === type).map(({ name }) => name);
      return otherHandlersOf(type, names, this.policies).flatMap((handler) =>
        [...findUntraceable(handler), ...this.findAbsentGuardsElsewhere(handler, provided)].map(
          (finding) => `${type.name}.${handler.name}: ${finding}`,
        ),
      );
    });
  }

  /** Whether the library calls global guards is unknown. */
  private findAbsentGuardsElsewhere(handler: TracedMethod, provided: ProvidedClass): string[] {
    const levels = levelsOf(handler.controller, handler.name);
    return findAbsentGuardsOf({ ...provided, ...handler, levels }, () => false);
  }

  /** Whether Nest passes another class to guards, and a handler has rules or is exempt in either class. */
  private losesRules(type: Type, listed: readonly AuditedMethod[]): boolean {
    if (hasOwnConstructor(type)) return false;
    const named = (type.prototype as { constructor: Type }).constructor;
    return listed
      .filter(({ controller }) => controller === type)
      .some(({ handler }) =>
        [type, named].some(
          (one) =>
            this.policies.ofHandler(one, handler).isExplicit ||
            this.policies.isExempt(one, handler),
        ),
      );
  }

  private report(findings: readonly string[]): void {
    if (findings.length === 0) return;
    const report = listOf('These access rules cannot work as they are written:', findings);
    if (this.options.startupAudit === 'error') throw new PropelAuthConfigurationError(report);
    this.logger.warn(
      `${report}\nWhere they contradict each other, the strictest applies, or every call is rejected.`,
    );
  }

  /** Each class that the application provides, also by a factory or as a value. */
  private classes(): ProvidedClass[] {
    const classes = new Map<Type, ProvidedClass>();
    for (const module of this.#modules.values()) {
      const providesGuard = (guard: Function) => module.injectables.has(guard);
      for (const wrapper of module.providers.values()) {
        const type = classOf(wrapper);
        const isMadeByFactory = wrapper.isNotMetatype;
        if (type !== undefined) {
          classes.set(type, { type, isController: false, isMadeByFactory, providesGuard });
        }
      }
      for (const { metatype } of module.controllers.values()) {
        const type = metatype as Type;
        classes.set(type, { type, isController: true, isMadeByFactory: false, providesGuard });
      }
    }
    return [...classes.values()];
  }

  /** Guards, interceptors, pipes and filters that classes and methods name, and middleware: Nest calls them without guards. */
  private enhancers(): AuditedClass[] {
    const types = [...this.#modules.values()]
      .flatMap(({ injectables, middlewares }) => [...injectables.values(), ...middlewares.values()])
      .flatMap((wrapper) => classOf(wrapper) ?? []);
    return [...new Set(types)].map((type) => ({ type, isController: false }));
  }
}

function assertNothingIsOpen(openings: readonly string[]): void {
  assertNone('These handlers are open, or their access rules are lost:', openings);
}
