/*
 * An application with telemetry and with traffic of every kind, for the picture of the dashboard. PropelAuth is a server in this process that
 * answers as slowly, and fails as often, as is worth looking at.
 */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PropelAuthModule, RequireApiKey, RequireOrgRole, RequireUser } from '../dist/index.js';
import { TestIssuer } from '../dist/testing/index.js';

/** The role of each user, by id. */
const roles = new Map();

const ORG = { orgId: '6b0c9a5e-3f0d-4c58-9d8c-1a2b3c4d5e6f', orgName: 'Acme Inc' };

/** Starts everything; `metricsPort` is where Prometheus reads, `stop` ends it. */
export async function startTraffic() {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
  const scraped = await listen((request, response) =>
    exporter.getMetricsRequestHandler(request, response),
  );
  const issuer = await TestIssuer.create();
  const propelAuth = await listen((_request, response) => void answer(issuer, _request, response));
  const sharing = new UnsteadyChanges();
  const app = await startApplication(issuer, propelAuth, sharing);
  const stopping = new AbortController();
  const traffic = Promise.all([
    sendRequests(await app.getUrl(), issuer, stopping.signal),
    sharing.fail(stopping.signal),
  ]);
  return {
    metricsPort: portOf(scraped),
    async stop() {
      stopping.abort();
      await traffic;
      await app.close();
      for (const server of [scraped, propelAuth]) server.close().closeAllConnections();
    },
  };
}

async function startApplication(issuer, propelAuth, changes) {
  const module = PropelAuthModule.forRoot({
    ...issuer.moduleOptions,
    authUrl: issuer.moduleOptions.manualTokenVerificationMetadata.issuer,
    manualTokenVerificationMetadata: undefined,
    apiUrl: `http://127.0.0.1:${portOf(propelAuth)}`,
    apiTimeoutMs: 400,
    apiKeys: { cacheSeconds: 5 },
    webhooks: { secret: issuer.webhookSecret, path: '/webhooks/propelauth' },
    liveAccess: { changes },
    telemetry: true,
  });
  const app = await NestFactory.create(applicationOf(module), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

function applicationOf(propelAuth) {
  class ReportsController {
    me() {}
    list() {}
    script() {}
  }
  const decorators = {
    me: [RequireUser(), Get('me')],
    list: [RequireOrgRole('Admin'), Get('orgs/:orgId/reports')],
    script: [RequireApiKey(), Get('script')],
  };
  const { prototype } = ReportsController;
  for (const [name, ofMethod] of Object.entries(decorators)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    for (const decorate of ofMethod) decorate(prototype, name, descriptor);
  }
  Controller()(ReportsController);
  class AppModule {}
  Module({ imports: [propelAuth], controllers: [ReportsController] })(AppModule);
  return AppModule;
}

/** The changes that other instances publish. At times they cannot be read for some seconds. */
class UnsteadyChanges {
  publish = async () => {};

  follow(listener) {
    this.listener = listener;
    listener.onGap();
    return { close() {} };
  }

  async fail(signal) {
    while (!signal.aborted) {
      await pause(35_000, undefined, { signal }).catch(() => {});
      this.listener.onFailure(new Error('lost'));
      await pause(9_000, undefined, { signal }).catch(() => {});
      this.listener.onGap();
    }
  }
}

async function answer(issuer, request, response) {
  const { url } = request;
  if (url === '/api/v1/token_verification_metadata') {
    const { verifierKey } = issuer.moduleOptions.manualTokenVerificationMetadata;
    return send(response, 200, { verifier_key_pem: verifierKey });
  }
  await pause(15 + 300 * Math.random() ** 6);
  const chance = Math.random();
  // This request gets no response.
  if (chance > 0.995) return;
  if (chance > 0.98) return send(response, 500, {});
  if (chance > 0.96) return send(response, 429, {});
  if (url.startsWith('/api/backend/v1/user/')) return answerAboutUsers(request, response);
  if (chance > 0.9) return send(response, 400, { api_key_token: ['unknown'] });
  send(response, 200, { user: { user_id: 'user', email: 'user@example.com' } });
}

/** Everyone still has the role of the token. */
async function answerAboutUsers(request, response) {
  const [, userId] = /\/user\/([^?]+)/.exec(request.url);
  if (request.method === 'GET') return send(response, 200, userOf(userId));
  const { user_ids: userIds } = await json(request);
  send(response, 200, userIds.map(userOf));
}

function userOf(userId) {
  const role = roles.get(userId);
  const membership = {
    org_id: ORG.orgId,
    org_name: ORG.orgName,
    user_role: role,
    inherited_user_roles_plus_current_role: role === 'Admin' ? ['Admin', 'Member'] : ['Member'],
    user_permissions: [],
  };
  return {
    user_id: userId,
    email: `${userId}@example.com`,
    enabled: true,
    org_id_to_org_info: { [ORG.orgId]: membership },
  };
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function sendRequests(url, issuer, signal) {
  const tokens = [];
  for (let round = 0; !signal.aborted; round++) {
    if (round % 10 === 0) tokens.push(await tokenOf(issuer, tokens.length));
    const busy = 4 + Math.round(3 * Math.sin(round / 40));
    const requests = Array.from({ length: busy }, () => requestOf(tokens));
    await Promise.all(
      requests.map(([path, headers]) => fetch(url + path, { headers }).then((r) => r.text())),
    );
    await pause(60);
  }
}

function requestOf(tokens) {
  const chance = Math.random();
  const authorization = `Bearer ${tokens[Math.floor(Math.random() * tokens.length)]}`;
  if (chance > 0.97) return ['/me', {}];
  if (chance > 0.95) return ['/me', { authorization: `${authorization}x` }];
  if (chance > 0.75) {
    const key = `key-${Math.floor(Math.random() * 40)}`;
    return ['/script', { authorization: `Bearer ${key}` }];
  }
  return [chance > 0.4 ? '/me' : `/orgs/${ORG.orgId}/reports`, { authorization }];
}

function tokenOf(issuer, number) {
  const userId = randomUUID();
  const role = number % 8 === 0 ? 'Member' : 'Admin';
  roles.set(userId, role);
  const email = `user-${number}@example.com`;
  return issuer.accessToken({ userId, email, orgs: [{ ...ORG, role }] });
}

async function listen(handler) {
  const server = createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function portOf(server) {
  return server.address().port;
}
