import { trace, context, type Attributes } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { INestApplication } from '@nestjs/common';
import {
  OptionalUser,
  RequireApiKey,
  RequireOrgRole,
  RequireStepUpMfa,
  type AccessDecisionEvent,
} from 'nestjs-propelauth';
import { telemetry } from 'nestjs-propelauth/telemetry';
import type { TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { Backend } from '../support/backend.js';
import { registerCleanup } from '../support/clean-up.js';
import {
  issuer,
  request,
  startGuarded,
  type PropelAuthOptions,
} from '../support/guarded-application.js';
import { ACME_ID, alice, carol, GLOBEX_ID } from '../support/project.js';
import { routeUnder } from '../support/routes.js';

const controllers = [
  routeUnder('orgs/:orgId/reports', RequireOrgRole('Admin')),
  routeUnder('optional', OptionalUser()),
  routeUnder('key', RequireApiKey()),
  routeUnder('withdrawal', RequireStepUpMfa('WITHDRAW')),
];

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

/** An application whose requests have spans, and those of them that have ended. */
async function startTraced(
  plugins: PropelAuthOptions['plugins'],
  onDecision?: (event: AccessDecisionEvent) => void,
) {
  let exporter!: InMemorySpanExporter;
  const { url } = await startGuarded({ controllers }, { plugins, onDecision }, (app) => {
    exporter = traceRequests(app);
  });
  return { url, spans: () => exporter.getFinishedSpans() };
}

async function attributesOf(
  plugins: PropelAuthOptions['plugins'],
  path: string,
  user: TestUser | null,
  claims?: Record<string, unknown>,
): Promise<Attributes> {
  const { url, spans } = await startTraced(plugins);
  await request(url, user, claims).get(path);
  return spans()[0]?.attributes ?? { span: 'is missing' };
}

/** All that is exported of requests with each kind of credential, and what of it must not be there. */
async function exportedSpans(): Promise<{ exported: string; sent: string[] }> {
  const backend = await Backend.start();
  backend.apiKeys.set(KEY, {
    status: 200,
    body: { user: { user_id: 'user-of-key', email: 'user-of-key@example.com' } },
  });
  const { url, spans } = await startTraced(SPANS);
  const token = await issuer.accessToken(alice);
  const send = (path: string, headers: Record<string, string>) =>
    supertest(url).get(path).set(headers);
  const authorization = `Bearer ${token}`;
  await send(PATH, { authorization }).expect(200);
  await send('/key', { authorization: `Bearer ${KEY}` }).expect(200);
  await send('/key', { authorization: 'Bearer unknown-key' }).expect(401);
  await send('/withdrawal', { authorization, 'x-step-up-grant': GRANT }).expect(403);
  await send('/withdrawal', { authorization: `${authorization}x` }).expect(401);
  const finished = spans();
  expect(finished).toHaveLength(5);
  const exported = JSON.stringify(
    finished.map(({ name, attributes, events, status, links }) => ({
      name,
      attributes,
      events,
      status,
      links,
    })),
  );
  const ofProject = [issuer.moduleOptions.apiKey, issuer.webhookSecret];
  const credentials = [token, ...token.split('.'), KEY, 'unknown-key', GRANT];
  return {
    exported,
    sent: [...credentials, ...ofProject, alice.email!, 'user-of-key@example.com'],
  };
}

const PATH = `/orgs/${ACME_ID}/reports`;
const KEY = 'key-that-must-never-be-seen';
const GRANT = 'grant-that-must-never-be-seen';
const SPANS = [telemetry({ spanAttributes: true })];

const ofAlice = { 'user.id': alice.userId, 'organization.id': ACME_ID };

describe('Under telemetry({ spanAttributes: true }), the active span has', () => {
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
      'no organization that the caller is not a member of',
      `/orgs/${GLOBEX_ID}/reports`,
      alice,
      {},
      { 'user.id': alice.userId },
    ],
    ['no caller without a token', '/optional', null, {}, {}],
    ['no caller with an invalid token', PATH, alice, { exp: 1_000_000_000 }, {}],
  ])('%s', async (_what, path, user, claims, attributes) => {
    expect(await attributesOf(SPANS, path, user, claims)).toEqual(attributes);
  });

  it('no token, key, grant or email address', async () => {
    const { exported, sent } = await exportedSpans();
    expect(exported).toContain(alice.userId);
    expect(sent.filter((secret) => exported.includes(secret))).toEqual([]);
  });

  it.each<[string, PropelAuthOptions['plugins']]>([
    ['without telemetry()', []],
    ['with telemetry()', [telemetry()]],
    ['with spanAttributes: false', [telemetry({ spanAttributes: false })]],
  ])('no attribute of the caller %s', async (_what, plugins) => {
    expect(await attributesOf(plugins, PATH, alice)).toEqual({});
  });
});

describe('The trace of a decision is', () => {
  const named = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  const traceparent = `00-${named.traceId}-${named.spanId}-01`;
  const events: AccessDecisionEvent[] = [];
  const onDecision = (event: AccessDecisionEvent) => void events.push(event);
  beforeEach(() => void (events.length = 0));

  it.each([
    ['the active span under telemetry(), whatever the header says', [telemetry()], true],
    ['that of the header without telemetry()', [], false],
  ])('%s', async (_what, plugins, isActive) => {
    const { url, spans } = await startTraced(plugins, onDecision);
    await request(url).get('/optional').set({ traceparent }).expect(200);
    const { traceId, spanId } = spans()[0]!.spanContext();
    expect(events[0]?.trace).toEqual(isActive ? { traceId, spanId } : named);
  });

  it('that of the header if no span is active', async () => {
    const { url } = await startGuarded({ controllers }, { plugins: [telemetry()], onDecision });
    await request(url).get('/optional').set({ traceparent }).expect(200);
    expect(events[0]?.trace).toEqual(named);
  });
});
