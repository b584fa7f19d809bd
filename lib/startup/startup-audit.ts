import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { OwnCallerKinds } from '../callers/own/own-caller-kinds.js';
import { AccessDecider } from '../guard/access-decider.js';
import { CallerAccounts } from '../rules/account/caller-accounts.js';
import { HandlerPreparation } from '../guard/handler-preparation.js';
import { PropelAuthConfigurationError } from '../options/configuration.error.js';
import { OrgSources } from '../rules/org/org-sources.js';
import { orgRule } from '../rules/org/org-rule.js';
import { allCombinedOf } from '../rules/policy.js';
import { Policies } from '../rules/policies.js';
import { isDevelopment } from '../values/node-environment.js';
import { describedHandlers } from './access-descriptions.js';
import { assertAccessTable } from './access-table.js';
import { auditedApplication, type AuditedApplication } from './application/audited-application.js';
import { listOf } from './checks/named-findings.js';
import {
  MISSED_EVENTS,
  MISTAKES,
  OPENINGS,
  OPEN_SCHEMAS,
  UNRECEIVED_EVENTS,
  WARNINGS,
  type FailingChecks,
} from './startup-checks.js';
import { findUncheckedOrgs, UncheckedOrgCalls } from './unchecked-org-warnings.js';

/**
 * Checks every rule when the application starts. An open handler always makes startup fail. A rule that cannot work makes startup fail
 * unless the option `startupAudit` is `'warn'`.
 */
@Injectable()
export class StartupAudit implements OnModuleInit, OnApplicationBootstrap {
  private readonly logger = new Logger('PropelAuth');

  private isClosed = false;

  // A private field: logging this object must not print the whole application.
  readonly #moduleRef: ModuleRef;

  constructor(
    moduleRef: ModuleRef,
    private readonly preparation: HandlerPreparation,
    private readonly policies: Policies,
    private readonly ownCallerKinds: OwnCallerKinds,
    private readonly decider: AccessDecider,
  ) {
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
    const app = auditedApplication(this.#moduleRef);
    for (const checks of [...OPENINGS, ...(app.hooks.failing ?? [])]) assertPassed(checks, app);
    app.get(CallerAccounts).assertUsable();
    const orgSources = app.get(OrgSources);
    for (const { policy } of app.handlers) {
      const sources = allCombinedOf(policy, orgRule).flatMap((org) => org.sources);
      sources.forEach((source) => orgSources.assertUsable(source));
    }
    assertPassed(UNRECEIVED_EVENTS, app);
    this.isClosed = true;
  }

  onModuleInit(): void {
    this.assertNothingIsOpen();
    const app = auditedApplication(this.#moduleRef);
    assertPassed(MISSED_EVENTS, app);
    const mistakes = MISTAKES.flatMap((check) => check(app));
    if (mistakes.length === 0) return;
    const report = listOf('These access rules cannot work as they are written:', mistakes);
    if (app.options.startupAudit === 'error') throw new PropelAuthConfigurationError(report);
    this.logger.warn(
      `${report}\nWhere they contradict each other, the strictest applies, or every call is rejected.`,
    );
  }

  /** GraphQL schemas exist only when all modules are initialized. */
  onApplicationBootstrap(): void {
    const app = auditedApplication(this.#moduleRef);
    for (const checks of OPEN_SCHEMAS) assertPassed(checks, app);
    assertAccessTable(app);
    const { handlers, orgNames } = describedHandlers(app);
    const warnings = [...WARNINGS.flatMap((check) => check(app)), ...findUncheckedOrgs(handlers)];
    for (const warning of warnings) this.logger.warn(warning);
    if (!isDevelopment()) return;
    const calls = new UncheckedOrgCalls(handlers, orgNames);
    this.decider.watchAllowed((decision) => calls.look(decision));
  }
}

function assertPassed({ heading, checks }: FailingChecks, app: AuditedApplication): void {
  const findings = checks.flatMap((check) => check(app));
  if (findings.length > 0) throw new PropelAuthConfigurationError(listOf(heading, findings));
}
