import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import { describedHandlers, type DescribedHandler } from '../../audit/describe-access.js';
import { HANDLER_PROBE } from '../../module/handler-probe.js';
import { assertNotInProduction } from '../development-only.js';
import { AccessProbe } from './access-probe.js';
import { TestAccounts } from './callers/test-accounts.js';
import type { EntryPoint, EntryPointSource } from './entry-point.js';
import { ExceptedHandlers } from './excepted-handlers.js';
import { GraphqlEntryPoints } from './graphql/graphql-entry-points.js';
import { checkHoldOptions } from './hold-option-checks.js';
import type { HoldOptions } from './hold-options.interface.js';
import { ApplicationServer } from './http/application-server.js';
import { HttpEntryPoints } from './http/http-entry-points.js';
import { McpEntryPoints } from './mcp/mcp-entry-points.js';
import { MessageEntryPoints } from './messages/message-entry-points.js';
import { reviewOf } from './review.js';
import { callEntryPoints, type Review } from './call-entry-points.js';
import { TokenPlaces } from './test-token-places.js';
import type { Finding } from './verdict.js';

/**
 * Calls every entry point as every caller that its rule distinguishes.
 *
 * @throws {Error} with each difference between the guard's decisions and the description
 */
export async function checkAccessMatrix(
  app: INestApplicationContext,
  options: HoldOptions | undefined,
): Promise<void> {
  assertNotInProduction('toHold()');
  const checked = checkHoldOptions(options);
  const probe = readyProbeOf(app);
  await probe.exclusively(() => checkAll(app, probe, checked));
}

async function checkAll(
  app: INestApplicationContext,
  probe: AccessProbe,
  options: HoldOptions,
): Promise<void> {
  const handlers = describedHandlers(app);
  const excepted = new ExceptedHandlers(options.except ?? []);
  const called = handlers.filter(({ description }) => !excepted.has(description));
  const review = await callAll(app, probe, called, options);
  const { findings } = review;
  const complaints = [
    ...review.complaints,
    ...excepted.complaints(handlers.map(({ description }) => description)),
  ];
  if (findings.length + complaints.length > 0) throw new Error(reviewOf(findings, complaints));
}

async function callAll(
  app: INestApplicationContext,
  probe: AccessProbe,
  handlers: readonly DescribedHandler[],
  options: HoldOptions,
): Promise<Review> {
  const accounts = new TestAccounts(probe.emulator);
  const server = new ApplicationServer(app as INestApplication);
  const sources: EntryPointSource[] = [
    new HttpEntryPoints(app, probe, server),
    new GraphqlEntryPoints(app, probe, server),
    new MessageEntryPoints(app, probe),
    new McpEntryPoints(app, probe, server),
  ];
  try {
    const entryPoints = sources.flatMap((source) => source.entryPoints(handlers));
    const { findings, complaints } = await callEntryPoints(
      entryPoints,
      accounts,
      options,
      new TokenPlaces(app),
    );
    return { findings: [...uncalled(handlers, entryPoints), ...findings], complaints };
  } finally {
    accounts.remove();
    await server.close();
  }
}

/** Complaints about handlers without an entry point. Such a handler may be open to anyone. */
function uncalled(
  handlers: readonly DescribedHandler[],
  entryPoints: readonly EntryPoint[],
): Finding[] {
  const called = new Set(entryPoints.map(({ handler }) => handler));
  return handlers
    .filter((handler) => !called.has(handler))
    .map((handler) => ({
      entryPoint: { name: handler.description.name, handler },
      problem: 'cannot be called by toHold().',
      advice: 'Test it elsewhere, and list it in except.',
    }));
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
