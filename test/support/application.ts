import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import type { INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { registerCleanup } from './clean-up.js';

declare global {
  /** Over which HTTP adapter the suites run; set by each project of jest.config.js. */
  // oxlint-disable-next-line no-var -- only var declares a property of globalThis
  var HTTP_ADAPTER: 'express' | 'fastify' | undefined;
}

/** An application that listens on a free port of 127.0.0.1. */
export interface RunningApplication {
  readonly app: INestApplication;
  readonly url: string;
  /** Closes it before the test ends. Otherwise clean-up.ts does. */
  close(): Promise<void>;
}

/**
 * Starts an application; `prepare` may set it up before it does (pipes, prefixes, versions), and `override` may replace
 * providers before it is made. `options` are those of `NestFactory.create()`.
 */
export async function startApplication(
  metadata: ModuleMetadata,
  prepare: (app: INestApplication) => unknown = () => {},
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
  options: NestApplicationOptions = {},
): Promise<RunningApplication> {
  const moduleRef = await override(Test.createTestingModule(metadata)).compile();
  const app = moduleRef.createNestApplication(await createAdapter(), {
    logger: false,
    ...options,
  });
  try {
    await prepare(app);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return running(app);
}

/** Starts an application that fails to start, as someone would who catches the error: its routes are registered by then. */
export async function startDespiteFailure(metadata: ModuleMetadata): Promise<RunningApplication> {
  const moduleRef = await Test.createTestingModule(metadata).compile();
  const app = moduleRef.createNestApplication(await createAdapter(), { logger: false });
  await expect(app.init()).rejects.toThrow();
  const server = app.getHttpServer() as Server;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return running(app);
}

function running(app: INestApplication): RunningApplication {
  const server = app.getHttpServer() as HttpServer;
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= app.close());
  registerCleanup(async () => {
    const closing = close();
    // A connection that a client keeps would delay the end by five seconds.
    server.closeAllConnections();
    await closing;
  });
  return { app, url: `http://127.0.0.1:${port}`, close };
}

/** Starts an application before the tests of a `describe` block, which cannot wait for it. Only tests can use the result. */
export function beforeTests(start: () => Promise<RunningApplication>): RunningApplication {
  const application = {} as RunningApplication;
  beforeAll(async () => void Object.assign(application, await start()));
  return application;
}

/** What stops a start; `undefined` when nothing does. */
export async function failureOf(starting: Promise<RunningApplication>): Promise<unknown> {
  let application: RunningApplication;
  try {
    application = await starting;
  } catch (error) {
    return error;
  }
  await application.close();
  return undefined;
}

async function createAdapter(): Promise<AbstractHttpAdapter> {
  // Loading one takes a tenth of a second, in each suite.
  if (globalThis.HTTP_ADAPTER === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  }
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  return new ExpressAdapter();
}
