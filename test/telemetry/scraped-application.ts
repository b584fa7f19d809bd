import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Controller, Get, Post } from '@nestjs/common';
import { PropelAuthApi, RequireApiKey, RequireOrgRole, RequireStepUpMfa } from 'nestjs-propelauth';
import { liveAccess, type AccessChanges } from 'nestjs-propelauth/live-access';
import { telemetry } from 'nestjs-propelauth/telemetry';
import { registerCleanup } from '../support/clean-up.js';
import { issuer, request, startGuarded } from '../support/guarded-application.js';
import { ACME_ID, alice, carol } from '../support/project.js';
import { PropelAuthServer } from '../support/propelauth-server.js';

/** What callers send, of which nothing may be in a metric. */
export const CREDENTIALS = {
  apiKey: 'api-key-that-must-never-be-seen',
  grant: 'grant-that-must-never-be-seen',
};

@Controller()
class ReportsController {
  @Get('orgs/:orgId/reports')
  @RequireOrgRole('Admin')
  list() {}

  @Get('key')
  @RequireApiKey()
  key() {}

  @Post('withdrawals')
  @RequireStepUpMfa('WITHDRAW')
  withdraw() {}
}

const FOLLOWED: AccessChanges = {
  publish: async () => {},
  follow: ({ onGap }) => {
    onGap();
    return { close: () => {} };
  },
};

/** Uses each instrument with real requests, and lets Prometheus read them. Returns the text of the response, and the tokens that were sent. */
export async function scrape(): Promise<{ text: string; tokens: string[] }> {
  const metricsUrl = await serveMetrics();
  const { app, url } = await startGuarded(
    { controllers: [ReportsController] },
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
    .post('/withdrawals')
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
