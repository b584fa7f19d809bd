import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import {
  describedHandlers,
  fullNameOf,
  type DescribedHandler,
} from '../../audit/access-descriptions.js';
import type { HandlerDescription } from '../../audit/handler-description.interface.js';
import { HANDLER_PROBE } from '../../module/handler-probe.js';
import { assertNotInProduction } from '../development-only.js';
import { AccessProbe } from './access-probe.js';
import { TestAccounts } from './callers/test-accounts.js';
import { ApplicationServer } from './entry-points/application-server.js';
import type { EntryPoint } from './entry-points/entry-point.js';
import { GraphqlEntryPoints } from './entry-points/graphql-entry-points.js';
import { routeEntryPoint } from './entry-points/http-entry-points.js';
import { ExceptedHandlers } from './excepted-handlers.js';
import type { Finding } from './finding.js';
import { findingsWithoutCalls } from './findings-without-calls.js';
import { HandlerTrial } from './handler-trial.js';
import type { HoldOptions, HoldResult } from './hold-options.interface.js';
import { reportOf, untriedInWords } from './report.js';

/** Why handlers are never tried, by transport. Startup and `toEqual()` look at them. */
const NEVER_TRIED: Partial<Record<HandlerDescription['transport'], string>> = {
  websocket: 'toHold() opens no sockets. Test gateway events with a client.',
  rpc: 'toHold() sends no messages. Test message handlers with a client.',
  graphql: 'toHold() sends queries and mutations, and no subscriptions, fields and references.',
  mcp: 'toHold() calls no tools, resources and prompts. Test them with an MCP client.',
};

const NESTED =
  'toHold() calls operations at the root of a document. Test the way through other fields with a client.';

const NOTHING_TO_TRY =
  'toHold() has no handler to try: there is none, or each is exempt or in except. Remove names from except, or the call.';

/**
 * Calls the handlers of an application as every caller that their rules distinguish.
 *
 * @throws {Error} with each difference between the guard's decisions and the description
 */
export function checkAccessMatrix(
  app: INestApplicationContext,
  options: HoldOptions = {},
): Promise<HoldResult> {
  try {
    assertNotInProduction('toHold()');
    const probe = readyProbeOf(app);
    return probe.run(() => new AccessMatrix(app, probe, options).run());
  } catch (error) {
    return Promise.reject(error);
  }
}

class AccessMatrix {
  readonly #server: ApplicationServer;
  readonly #accounts: TestAccounts;
  readonly #graphql: GraphqlEntryPoints;
  readonly #findings: Finding[] = [];
  readonly #tried = new Set<string>();
  /** The handlers that are never tried, and why. */
  readonly #notTried = new Map<string, string>();

  constructor(
    private readonly app: INestApplicationContext,
    probe: AccessProbe,
    private readonly options: HoldOptions,
  ) {
    this.#accounts = new TestAccounts(probe.emulator);
    this.#server = new ApplicationServer(app as INestApplication, probe);
    this.#graphql = new GraphqlEntryPoints(app, this.#server);
  }

  async run(): Promise<HoldResult> {
    const { handlers } = describedHandlers(this.app);
    const excepted = new ExceptedHandlers(this.options.except ?? []);
    const called = handlers.filter(
      // The library that an exempt handler is from decides about its callers.
      ({ description, access }) => access.access !== 'exempt' && !excepted.has(description),
    );
    try {
      for (const handler of called) await this.check(handler, handlers);
    } finally {
      this.#accounts.remove();
      await this.#server.close();
    }
    const complaints = excepted.complaints(handlers.map(({ description }) => description));
    const untried = this.#findings.filter(({ isUntried }) => isUntried === true);
    if (untried.length > 0) complaints.push(untriedInWords(untried, this.#tried.size));
    if (this.#findings.length + complaints.length > 0) {
      throw new Error(reportOf(this.#findings, complaints));
    }
    if (this.#tried.size + this.#notTried.size === 0) throw new Error(NOTHING_TO_TRY);
    return {
      tried: [...this.#tried],
      notTried: [...this.#notTried].map(([name, reason]) => ({ name, reason })),
    };
  }

  /** @param all all handlers of the application: calls must not lead to another one */
  private async check(handler: DescribedHandler, all: readonly DescribedHandler[]): Promise<void> {
    this.#findings.push(...findingsWithoutCalls(handler));
    if (handler.access.access === 'open') return;
    const { description } = handler;
    const name = fullNameOf(description);
    const reason = reasonNotToTry(handler);
    if (reason !== undefined) {
      this.#notTried.set(name, reason);
      return;
    }
    const trial = new HandlerTrial(this.app, handler, this.#accounts, this.options);
    const findings = await trial.run(this.entryPointsOf(handler, all));
    this.#findings.push(...findings);
    if (findings.every(({ isUntried }) => isUntried !== true)) this.#tried.add(name);
    if (description.transport === 'graphql' && this.#graphql.mayBeNested(handler)) {
      this.#notTried.set(`${name}, below other fields`, NESTED);
    }
  }

  private entryPointsOf(
    handler: DescribedHandler,
    all: readonly DescribedHandler[],
  ): readonly EntryPoint[] {
    switch (handler.description.transport) {
      case 'http':
        return [routeEntryPoint(handler, all, this.#server)];
      case 'graphql':
        return this.#graphql.of(handler);
      default:
        return [];
    }
  }
}

/** @returns `undefined` for a handler that is to be tried */
function reasonNotToTry({ description: { transport, name, access } }: DescribedHandler) {
  if (access === 'webhook') return 'toHold() signs no events.';
  return /^(?:Query|Mutation)\./.test(name) ? undefined : NEVER_TRIED[transport];
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
