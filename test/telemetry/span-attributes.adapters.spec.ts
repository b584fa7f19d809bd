import { trace, context, type Attributes } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import { OptionalUser, RequireOrgRole, type PropelAuthModuleOptions } from 'nestjs-propelauth';
import type { TestUser } from 'nestjs-propelauth/testing';
import { registerCleanup } from '../support/clean-up.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, carol, GLOBEX_ID, headersOf } from '../support/project.js';

@Controller()
class ReportsController {
  @Get('orgs/:orgId/reports')
  @RequireOrgRole('Admin')
  list() {}

  @Get('optional')
  @OptionalUser()
  optional() {}
}

/** Starts a span for each request, as instrumentations do. */
function traceRequests(app: INestApplication): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  context.setGlobalContextManager(contextManager());
  registerCleanup(() => context.disable());
  app.use((_request: unknown, response: NodeJS.EventEmitter, next: () => void) => {
    const span = provider.getTracer('http').startSpan('request');
    response.once('finish', () => span.end());
    context.with(trace.setSpan(context.active(), span), next);
  });
  return exporter;
}

/** That of @opentelemetry/context-async-hooks, as far as it is needed. */
function contextManager() {
  const storage = new AsyncLocalStorage<ReturnType<typeof context.active>>();
  const root = context.active();
  const manager = {
    active: () => storage.getStore() ?? root,
    with: (
      active: typeof root,
      call: (...args: unknown[]) => unknown,
      self: unknown,
      ...args: unknown[]
    ) => storage.run(active, () => call.apply(self, args)),
    bind: <Target>(_context: unknown, target: Target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager as Parameters<typeof context.setGlobalContextManager>[0];
}

async function attributesOf(
  telemetry: PropelAuthModuleOptions['telemetry'],
  path: string,
  user: TestUser | null,
  claims?: Record<string, unknown>,
): Promise<Attributes> {
  let exporter: InMemorySpanExporter | undefined;
  const options = telemetry === undefined ? {} : { telemetry };
  const { url } = await startGuarded({ controllers: [ReportsController] }, options, (app) => {
    exporter = traceRequests(app);
  });
  const headers = await headersOf(issuer, user, claims);
  await request(url).get(path).set(headers);
  const [span] = exporter?.getFinishedSpans() ?? [];
  return span?.attributes ?? { span: 'is missing' };
}

const PATH = `/orgs/${ACME_ID}/reports`;
const SPANS = { spanAttributes: true };

const ofAlice = { 'user.id': alice.userId, 'organization.id': ACME_ID };

describe('Under telemetry.spanAttributes, the active span has', () => {
  it.each<[string, string, TestUser | null, Record<string, unknown>, Attributes]>([
    ['an allowed caller and the organization', PATH, alice, {}, ofAlice],
    [
      'the employee who impersonates the user',
      PATH,
      alice,
      { impersonator_user_id: 'employee' },
      { ...ofAlice, 'impersonator.id': 'employee' },
    ],
    [
      'a rejected caller whose token is valid',
      PATH,
      carol,
      {},
      { 'user.id': carol.userId, 'organization.id': ACME_ID },
    ],
    [
      'no organization that the caller is no member of',
      `/orgs/${GLOBEX_ID}/reports`,
      alice,
      {},
      { 'user.id': alice.userId },
    ],
    ['nobody without a token', '/optional', null, {}, {}],
    ['nobody whose token is not valid', PATH, alice, { exp: 1_000_000_000 }, {}],
  ])('%s', async (_what, path, user, claims, attributes) => {
    expect(await attributesOf(SPANS, path, user, claims)).toEqual(attributes);
  });

  it.each([undefined, true, { spanAttributes: false }])(
    'no attribute of the caller with telemetry: %j',
    async (telemetry) => {
      expect(await attributesOf(telemetry, PATH, alice)).toEqual({});
    },
  );
});
