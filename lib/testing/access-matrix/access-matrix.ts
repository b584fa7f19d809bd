import type { INestApplicationContext } from '@nestjs/common';
import { describedHandlers, type DescribedHandler } from '../../audit/describe-access.js';
import { HANDLER_PROBE } from '../../guard/handler-probe.js';
import { AccessProbe } from './access-probe.js';
import type { EntryPoint, EntryPointSource, NamedOrg } from './entry-point.js';
import type { HoldOptions } from './hold-options.interface.js';
import { HttpEntryPoints } from './http/http-entry-points.js';
import { GraphqlEntryPoints } from './graphql/graphql-entry-points.js';
import { McpEntryPoints } from './mcp/mcp-entry-points.js';
import { MessageEntryPoints } from './messages/message-entry-points.js';
import { reviewOf } from './review.js';
import { TestCallers } from './test-callers.js';
import { verdictOn, type Finding } from './verdict.js';

const SOURCES = [HttpEntryPoints, GraphqlEntryPoints, MessageEntryPoints, McpEntryPoints];

/** The organization of those who may call. One text is its id and its name, so that every source finds it. */
const ORG_ID = '0b0f7d1c-0000-4000-8000-00000000000a';

/**
 * Calls every entry point as every caller that its rule distinguishes.
 *
 * @throws {Error} with a line for each call that the guard decided otherwise than described
 */
export async function holdAccess(
  app: INestApplicationContext,
  options: HoldOptions = {},
): Promise<void> {
  const probe = probeOf(app);
  const handlers = describedHandlers(app);
  const { except = [] } = options;
  const callers = new TestCallers(probe.issuer, probe.api);
  const sources: EntryPointSource[] = SOURCES.map((Source) => new Source(app, probe));
  const findings: Finding[] = [];
  try {
    for (const source of sources) {
      const called = handlers.filter(({ description }) => !except.includes(description.name));
      for (const entryPoint of await source.entryPoints(called)) {
        findings.push(...(await findingsOf(entryPoint, callers, options)));
      }
    }
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
  const unknown = unknownNames(except, handlers);
  if (findings.length + unknown.length > 0) throw new Error(reviewOf(findings, unknown));
}

async function findingsOf(
  entryPoint: EntryPoint,
  callers: TestCallers,
  { orgFor, argsFor }: HoldOptions,
): Promise<Finding[]> {
  const { description, access } = entryPoint.handler;
  if (access.access === 'open') {
    return [{ entryPoint, what: 'is open: no access decorator says who may call it.' }];
  }
  const org = namedOrg(orgFor?.(description));
  const findings: Finding[] = [];
  for (const caller of await callers.of(entryPoint.handler, org)) {
    const { credentials } = caller;
    const [token] = credentials.tokens;
    const given = argsFor?.(description, { token, orgId: org.orgId }) ?? {};
    const result = await entryPoint.call({ credentials, org, given });
    const finding = verdictOn(entryPoint, caller, result);
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

function namedOrg(orgId = ORG_ID): NamedOrg {
  return { orgId, urlSafeOrgName: orgId };
}

function unknownNames(except: readonly string[], handlers: readonly DescribedHandler[]): string[] {
  const names = new Set(handlers.map(({ description }) => description.name));
  return except.filter((name) => !names.has(name));
}

function probeOf(app: INestApplicationContext): AccessProbe {
  const probe: unknown = app.get(HANDLER_PROBE, { strict: false });
  if (probe instanceof AccessProbe) return probe;
  throw new Error(
    'toHold() needs an application of overridePropelAuth(): it answers instead of the handlers, so that none of them runs.',
  );
}
