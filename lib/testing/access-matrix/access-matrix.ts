import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import { assertNotInProduction } from 'propelauth-emulator';
import {
  describedHandlers,
  fullNameOf,
  type DescribedHandler,
} from '../../startup/access-descriptions.js';
import {
  auditedApplication,
  type AuditedApplication,
} from '../../startup/application/audited-application.js';
import type { HandlerDescription } from '../../startup/handler-description.interface.js';
import { HANDLER_PROBE } from '../../module/handler-probe.js';
import { AccessProbe } from './access-probe.js';
import { TestAccounts } from './callers/test-accounts.js';
import { ApplicationServer } from './entry-points/application-server.js';
import { GraphqlEntryPoints } from './entry-points/graphql-entry-points.js';
import { routeEntryPoint } from './entry-points/http-entry-points.js';
import { complaintsAboutExcept, isExcepted } from './excepted-handlers.js';
import { findingsWithoutCalls, type Finding } from './finding.js';
import { tryHandler } from './handler-trial.js';
import type { HoldOptions, HoldResult } from './hold-options.interface.js';
import { reportOf } from './report.js';
import { byBranches } from './tried-branches.js';

/** Why handlers are never tried, by transport. Startup and `toEqual()` look at them. */
const NEVER_TRIED: Partial<Record<HandlerDescription['transport'], string>> = {
  websocket: 'toHold() opens no sockets. Test gateway events with a client.',
  rpc: 'toHold() sends no messages. Test message handlers with a client.',
  graphql: 'toHold() sends queries and mutations, and no subscriptions, fields and references.',
  mcp: 'toHold() calls no tools, resources and prompts. Test them with an MCP client.',
};

const NO_MCP_CLIENTS =
  'toHold() calls it only as callers who are no MCP clients. Test it with an MCP client.';

const NOT_NESTED =
  'toHold() calls operations at the root of a document. Test the way through other fields with a client.';

const NOTHING_TO_TRY =
  'toHold() has no handler to try: there is none, or each is exempt or in except. Remove names from except, or the call.';

/**
 * Calls the handlers of an application as every caller that their rules distinguish.
 *
 * @throws {Error} with each difference between the guard's decisions and the description
 */
export async function checkAccessMatrix(
  app: INestApplicationContext,
  options: HoldOptions = {},
): Promise<HoldResult> {
  assertNotInProduction('toHold()');
  const probe = readyProbeOf(app);
  return probe.run(() => {
    probe.realRules = options.realRules ?? [];
    return new AccessMatrix(app, probe, options).run();
  });
}

class AccessMatrix {
  readonly #audited: AuditedApplication;
  readonly #server: ApplicationServer;
  readonly #accounts: TestAccounts;
  readonly #graphql: GraphqlEntryPoints;
  readonly #findings: Finding[] = [];
  readonly #tried = new Set<string>();
  /** What is never tried, and why. */
  readonly #notTried: HoldResult['notTried'][number][] = [];

  constructor(
    app: INestApplicationContext,
    probe: AccessProbe,
    private readonly options: HoldOptions,
  ) {
    this.#audited = auditedApplication(app);
    this.#accounts = new TestAccounts(probe.emulator);
    this.#server = new ApplicationServer(app as INestApplication, probe);
    this.#graphql = new GraphqlEntryPoints(this.#audited, this.#server);
  }

  async run(): Promise<HoldResult> {
    const { except = [] } = this.options;
    const { handlers } = describedHandlers(this.#audited);
    const called = handlers.filter(
      // The library that an exempt handler is from decides about its callers.
      ({ description, access }) => access.access !== 'exempt' && !isExcepted(description, except),
    );
    try {
      for (const handler of called) await this.check(handler);
    } finally {
      this.#accounts.remove();
    }
    const complaints = complaintsAboutExcept(except, handlers);
    const report = reportOf(this.#findings, this.#tried.size, complaints);
    if (report !== undefined) throw new Error(report);
    if (this.#tried.size + this.#notTried.length === 0) throw new Error(NOTHING_TO_TRY);
    return { tried: [...this.#tried], notTried: this.#notTried };
  }

  private async check(handler: DescribedHandler): Promise<void> {
    this.#findings.push(...findingsWithoutCalls(handler));
    const { access, description } = handler;
    if (access.access === 'open') return;
    const { transport } = description;
    const name = fullNameOf(description);
    const reason = /^(?:Query|Mutation)\./.test(name) ? undefined : NEVER_TRIED[transport];
    if (reason !== undefined) {
      this.#notTried.push({ name, reason });
      return;
    }
    const isRoute = transport === 'http';
    const entryPoints = isRoute ? [routeEntryPoint(this.#server)] : this.#graphql.of(handler);
    const findings: Finding[] = [];
    for (const tried of byBranches(handler)) {
      findings.push(
        ...(await tryHandler(this.#audited, tried, entryPoints, this.#accounts, this.options)),
      );
    }
    this.#findings.push(...findings);
    if (findings.every(({ isUntried }) => isUntried !== true)) this.#tried.add(name);
    if ('mcp' in description.callers) {
      this.#notTried.push({ name: `${name}, as an MCP client`, reason: NO_MCP_CLIENTS });
    }
    if (!isRoute && this.#graphql.mayBeNested(handler)) {
      this.#notTried.push({ name: `${name}, below other fields`, reason: NOT_NESTED });
    }
  }
}

function readyProbeOf(app: INestApplicationContext): AccessProbe {
  const probe: unknown = app.get(HANDLER_PROBE, { strict: false });
  if (!(probe instanceof AccessProbe)) {
    throw new Error(
      'toHold() needs overridePropelAuth(), which keeps handlers from running. Call it on the builder of the testing module.',
    );
  }
  if (!probe.isReady) {
    throw new Error(
      'toHold() needs an initialized application. Call await app.init() or await app.listen() first.',
    );
  }
  return probe;
}
