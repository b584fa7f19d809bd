import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PropelAuthApi, RequireApiKey, RequireOrgRole, RequireStepUpMfa } from 'nestjs-propelauth';
import { liveAccess, type AccessChanges } from 'nestjs-propelauth/live-access';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { registerCleanup } from '../support/clean-up.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, API_KEY, carol } from '../support/project.js';
import { routeUnder } from '../support/routes.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

/** What callers send, of which nothing may be in a metric. */
const CREDENTIALS = {
  apiKey: 'api-key-that-must-never-be-seen',
  grant: 'grant-that-must-never-be-seen',
};

const controllers = [
  routeUnder('orgs/:orgId/reports', RequireOrgRole('Admin')),
  routeUnder('key', RequireApiKey()),
  routeUnder('withdrawals', RequireStepUpMfa('WITHDRAW')),
];

const FOLLOWED: AccessChanges = {
  publish: async () => {},
  follow: ({ onGap }) => {
    onGap();
    return { close: () => {} };
  },
};

/** Uses each instrument with real requests, and lets Prometheus read them. Returns the text of the response, and the tokens that were sent. */
async function scrape(): Promise<{ text: string; tokens: string[] }> {
  const metricsUrl = await serveMetrics();
  const { app, url } = await startGuarded(
    { controllers },
    {
      manualTokenVerificationMetadata: undefined,
      apiKeys: { cacheSeconds: 60 },
      webhooks: { secret: issuer.webhookSecret, path: '/webhooks/propelauth' },
      plugins: [telemetry({ spanAttributes: true }), liveAccess({ changes: FOLLOWED })],
      authUrl: issuer.moduleOptions.manualTokenVerificationMetadata.issuer,
      apiUrl: await servePropelAuth(),
    },
  );
  const tokens = await Promise.all([alice, carol].map((user) => issuer.accessToken(user)));
  const path = `/orgs/${ACME_ID}/reports`;
  for (const token of [...tokens, ...tokens]) {
    await request(url).get(path).set('Authorization', `Bearer ${token}`);
  }
  await request(url).get(path).expect(401);
  await request(url).get('/key').set('Authorization', `Bearer ${CREDENTIALS.apiKey}`).expect(200);
  await request(url)
    .get('/withdrawals')
    .set('Authorization', `Bearer ${tokens[0]}`)
    .set('X-Step-Up-Grant', CREDENTIALS.grant);
  await app.get(PropelAuthApi).fetchUserMetadataByUserId('31c41c16-c281-44ae-9602-8a047e3bf33d');
  return { text: await (await fetch(metricsUrl)).text(), tokens };
}

async function serveMetrics(): Promise<string> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [exporter] });
  metrics.disable();
  metrics.setGlobalMeterProvider(provider);
  const server = createServer((message, response) =>
    exporter.getMetricsRequestHandler(message, response),
  );
  registerCleanup(async () => {
    metrics.disable();
    server.closeAllConnections();
    server.close();
    await provider.shutdown();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

/** Hands out the key of the issuer, accepts each API key and no grant, and knows no user. */
async function servePropelAuth(): Promise<string> {
  const { verifierKey } = issuer.moduleOptions.manualTokenVerificationMetadata;
  const answers: Record<string, unknown> = {
    '/api/v1/token_verification_metadata': { verifier_key_pem: verifierKey },
    '/api/backend/v1/end_user_api_keys/validate': { user: { user_id: 'u', email: 'u@x.example' } },
  };
  const server = await PropelAuthServer.start();
  server.answers(({ url = '' }, response) => {
    const body = answers[url];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  return server.url;
}

/** Labels of the exporter itself. */
const OF_EXPORTER = ['otel_scope_name', 'otel_scope_version', 'otel_scope_schema_url', 'le'];

/** The lines `propelauth_…{…} 1` of a scraped text: the labels that each metric has. */
function labelsByMetric(): Map<string, Set<string>> {
  const labels = new Map<string, Set<string>>();
  for (const [, name = '', list = ''] of text.matchAll(/^(propelauth_\w+)\{(.*)\} \S+/gm)) {
    const known = labels.get(name) ?? new Set<string>();
    for (const [, label = ''] of list.matchAll(/(\w+)="/g)) known.add(label);
    labels.set(name, known);
  }
  return labels;
}

let text: string;
let tokens: string[];
beforeAll(async () => void ({ text, tokens } = await scrape()));

function typesOf(): string[] {
  return [...text.matchAll(/^# TYPE (propelauth_.*)$/gm)].map(([, line = '']) => line).toSorted();
}

describe('The Prometheus metrics', () => {
  it('have these names, types and labels', () => {
    expect(typesOf()).toEqual([
      'propelauth_access_changes_lag gauge',
      'propelauth_cache_entries gauge',
      'propelauth_cache_hit_ratio gauge',
      'propelauth_cache_lookups_total counter',
      'propelauth_call_duration histogram',
      'propelauth_decisions_total counter',
      'propelauth_verification_key_age gauge',
    ]);
    const labels = [...labelsByMetric()].map(([name, known]) => [
      name,
      [...known].filter((label) => !OF_EXPORTER.includes(label)).toSorted(),
    ]);
    const ofCalls = [
      'error_type',
      'propelauth_call_name',
      'propelauth_call_origin',
      'propelauth_call_outcome',
    ];
    expect(Object.fromEntries(labels)).toEqual({
      propelauth_access_changes_lag: [],
      propelauth_cache_entries: ['propelauth_cache_name'],
      propelauth_cache_hit_ratio: ['propelauth_cache_name'],
      propelauth_cache_lookups_total: ['propelauth_cache_name', 'propelauth_cache_result'],
      propelauth_call_duration_bucket: ofCalls,
      propelauth_call_duration_count: ofCalls,
      propelauth_call_duration_sum: ofCalls,
      propelauth_decisions_total: [
        'propelauth_decision_allowed',
        'propelauth_decision_credential',
        'propelauth_decision_reason',
        'propelauth_decision_transport',
      ],
      propelauth_verification_key_age: [],
    });
    expect(text).toContain('otel_scope_name="nestjs-propelauth"');
    expect(text).toMatch(/^propelauth_decisions_total\{.*reason="role_missing".*\} 2$/m);
  });

  it('contain no token, key, grant, id or address', () => {
    const secrets = [
      ...tokens.flatMap((token) => [token, ...token.split('.')]),
      ...Object.values(CREDENTIALS),
      API_KEY,
      issuer.moduleOptions.apiKey,
      issuer.webhookSecret,
      ACME_ID,
      ...[alice, carol].flatMap(({ userId, email }) => [userId, email!]),
    ];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
  });
});

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly panels?: Panel[];
  readonly targets?: { readonly expr: string }[];
}

describe('docs/grafana-dashboard.json', () => {
  const { panels } = JSON.parse(readFileSync('docs/grafana-dashboard.json', 'utf8')) as {
    panels: Panel[];
  };
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it('has a query in every panel', () => {
    expect(panels.length).toBeGreaterThanOrEqual(8);
    expect(panels.filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
  });

  it('uses metrics and labels that Prometheus scrapes', () => {
    expectToBeScraped(expressions);
  });

  it('uses each metric of the package', () => {
    const families = typesOf().map((line) => line.split(' ')[0]!);
    const unused = families.filter(
      (family) =>
        !expressions.some((expression) =>
          metricsIn(expression).some((name) => name.startsWith(family)),
        ),
    );
    // The dashboard computes it from the look-ups, over the last minutes.
    expect(unused).toEqual(['propelauth_cache_hit_ratio']);
  });
});

describe('The alerts of docs/telemetry.md', () => {
  const [, chapter = ''] = readFileSync('docs/telemetry.md', 'utf8').split('\n## Alerts\n');
  const [, alerts = ''] = /^```text\n(.*?)^```$/ms.exec(chapter) ?? [];
  const expressions = alerts.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  it('use metrics and labels that Prometheus scrapes', () => {
    expect(expressions).toHaveLength(6);
    expectToBeScraped(expressions);
  });

  it('match metrics with a unit under both names', () => {
    const withUnit = /propelauth_(?:call_duration|verification_key_age|access_changes_lag)/g;
    const named = expressions.flatMap((expression) => expression.match(withUnit) ?? []);
    const both = expressions.flatMap((expression) => expression.match(BOTH_NAMES) ?? []);
    expect([named.length, both.length]).toEqual([3, 3]);
  });
});

/** Fails for a metric or label that is not in what Prometheus scraped. */
function expectToBeScraped(expressions: readonly string[]): void {
  const known = labelsByMetric();
  for (const expression of expressions) {
    const names = metricsIn(expression);
    expect([expression, names.length > 0]).toEqual([expression, true]);
    expect([expression, names.filter((name) => !known.has(name))]).toEqual([expression, []]);
    const labels = new Set(names.flatMap((name) => [...known.get(name)!]));
    const used = labelsIn(expression).filter((label) => !['job', '__name__'].includes(label));
    expect([expression, used.filter((label) => !labels.has(label))]).toEqual([expression, []]);
  }
}

/** `{__name__=~"…(_seconds)?…"`. */
const BOTH_NAMES = /\{__name__=~"(\w+)\(_seconds\)\?(\w*)"(, )?/g;

/** The metrics in an expression. The SDK's exporter leaves the unit out of names, and collectors add it: where there is one, it matches both. */
function metricsIn(expression: string): string[] {
  const both = expression.replaceAll(BOTH_NAMES, '$1$2{');
  return [...both.matchAll(/propelauth_\w+(?=\{)/g)].map(([name]) => name);
}

/** The labels in `{label="…"}` and in `by (label, …)`. */
function labelsIn(expression: string): string[] {
  const matchers = [...expression.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  );
  const groups = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
  return [...matchers, ...groups];
}
