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
import type { EntryPoint } from './entry-points/entry-point.js';
import { graphqlEntryPoints } from './entry-points/graphql-entry-points.js';
import { routeEntryPoint } from './entry-points/http-entry-points.js';
import { findingsWithoutCalls } from './finding.js';
import { tryHandler } from './handler-trial.js';
import type { HoldOptions, HoldResult } from './hold-options.interface.js';
import { complaintsAboutExcept, isExcepted, reportOf } from './report.js';
import { byBranches } from './tried-branches.js';

/** What is never tried, by transport. Startup and `toEqual()` look at these handlers. */
const NEVER_TRIED: Record<Exclude<HandlerDescription['transport'], 'http'>, string> = {
  websocket: 'toHold() opens no sockets. Test gateway events with a client.',
  rpc: 'toHold() sends no messages. Test message handlers with a client.',
  graphql:
    'toHold() sends queries and mutations at the root of a document, and no subscriptions, fields and references. Test these with a client.',
  mcp: 'toHold() is no MCP client. Test it with one.',
};

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
  return probe.run(async () => {
    probe.realRules = options.realRules ?? [];
    const accounts = new TestAccounts(probe.emulator);
    const server = new ApplicationServer(app as INestApplication, probe);
    try {
      return await tryHandlers(auditedApplication(app), server, accounts, options);
    } finally {
      accounts.remove();
    }
  });
}

async function tryHandlers(
  audited: AuditedApplication,
  server: ApplicationServer,
  accounts: TestAccounts,
  options: HoldOptions,
): Promise<HoldResult> {
  const { except = [] } = options;
  const { handlers } = describedHandlers(audited);
  const reviewed = handlers.filter(
    // The library that an exempt handler is from decides about its callers.
    ({ description, access }) => access.access !== 'exempt' && !isExcepted(description, except),
  );
  const findings = reviewed.flatMap(findingsWithoutCalls);
  const closed = reviewed.filter(({ access }) => access.access !== 'open');
  const called = closed.filter(({ description }) => reasonNotToTry(description) === undefined);
  const entryPoints = [routeEntryPoint(server), ...graphqlEntryPoints(audited, server)];
  for (const handler of called.flatMap(byBranches)) {
    findings.push(...(await tryHandler(audited, handler, entryPoints, accounts, options)));
  }
  const tried = [...new Set(called.map(({ description }) => fullNameOf(description)))];
  const report = reportOf(findings, tried.length, complaintsAboutExcept(except, handlers));
  if (report !== undefined) throw new Error(report);
  const notTried = closed.flatMap((handler) => partsNotTried(handler, entryPoints));
  if (tried.length + notTried.length === 0) throw new Error(NOTHING_TO_TRY);
  return { tried, notTried };
}

function reasonNotToTry({ name, transport }: HandlerDescription): string | undefined {
  const isCalled = transport === 'http' || /^(?:Query|Mutation)\./.test(name);
  return isCalled ? undefined : NEVER_TRIED[transport];
}

/** What is not tried of a handler, or the handler itself. */
function partsNotTried(
  handler: DescribedHandler,
  entryPoints: readonly EntryPoint[],
): HoldResult['notTried'][number][] {
  const { description } = handler;
  const name = fullNameOf(description);
  const reason = reasonNotToTry(description);
  if (reason !== undefined) return [{ name, reason }];
  const acceptsMcp = 'mcp' in description.callers;
  const isNested = entryPoints.some((one) => one.hasOtherWays && one.serves(handler));
  return [
    ...(acceptsMcp ? [{ name: `${name}, as an MCP client`, reason: NEVER_TRIED.mcp }] : []),
    ...(isNested ? [{ name: `${name}, below other fields`, reason: NEVER_TRIED.graphql }] : []),
  ];
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
