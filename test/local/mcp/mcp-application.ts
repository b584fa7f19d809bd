import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { DynamicModule, INestApplication, ModuleMetadata } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  LocalPropelAuthModule,
  type LocalPropelAuthOptions,
  type LocalSeed,
} from 'nestjs-propelauth/local';
import { startApplication } from '../../support/application.js';
import { registerCleanup } from '../../support/clean-up.js';
import './quiet-oidc-provider.js';

export const SECRET = 'the-secret-of-the-tests';
export const ACME = 'acce0000-0000-4000-8000-000000000000';
export const BETA = 'be4a0000-0000-4000-8000-000000000000';
export const ALICE = 'a11ce000-0000-4000-8000-000000000001';
export const DAVE = 'da4e0000-0000-4000-8000-000000000004';
export const SCOPES = ['read:reports', 'write:reports'];

export const SEED: LocalSeed = {
  orgs: [
    { name: 'Acme <Inc>', orgId: ACME },
    { name: 'Beta', orgId: BETA },
  ],
  users: [
    {
      name: 'alice',
      firstName: '<b>Alice</b>',
      userId: ALICE,
      orgs: [
        { org: 'Acme <Inc>', role: 'Admin' },
        { org: 'Beta', role: 'Member' },
      ],
    },
    { name: 'dave', userId: DAVE },
  ],
};

/** An MCP server with the local PropelAuth. */
export interface McpApplication {
  readonly app: INestApplication;
  /** Where it listens, which is also its `origin`: clients follow the addresses in its metadata. */
  readonly origin: string;
  readonly resource: string;
}

/** Starts one as main.ts does, where the HTTP adapter is there before the modules. */
export async function startMcpApplication(
  options: Partial<LocalPropelAuthOptions> = {},
  { controllers = [], providers = [] }: Pick<ModuleMetadata, 'controllers' | 'providers'> = {},
  prepare: (app: INestApplication) => void = () => {},
): Promise<McpApplication> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const resource = `${origin}/mcp`;
  @Module({
    imports: [localModule(origin, options)],
    controllers,
    providers,
  })
  class AppModule {}
  const adapter =
    globalThis.HTTP_ADAPTER === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule, adapter, { logger: false, abortOnError: false });
  registerCleanup(() => app.close());
  prepare(app);
  await app.listen(port, '127.0.0.1');
  return { app, origin, resource };
}

function localModule(origin: string, options: Partial<LocalPropelAuthOptions> = {}): DynamicModule {
  return LocalPropelAuthModule.forRoot({
    enabled: true,
    origin,
    secret: SECRET,
    seed: SEED,
    mcp: { resource: `${origin}/mcp`, scopes: SCOPES },
    ...options,
  });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

/** Starts one before the tests of a file, for those that change nothing. Only tests can use the result. */
export function mcpApplicationForTests(): McpApplication {
  const application = {} as McpApplication;
  beforeAll(async () => void Object.assign(application, await startMcpApplication()));
  return application;
}

/** Starts one in a testing module, where the body parsers come before the modules. Returns its URL. */
export async function startInTestingModule(): Promise<string> {
  const origin = 'http://127.0.0.1:3000';
  const { url } = await startApplication({
    imports: [localModule(origin)],
  });
  return url;
}
