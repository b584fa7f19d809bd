import type { AddressInfo } from 'node:net';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';

/** An application that listens on a free port of 127.0.0.1. */
export interface RunningApplication {
  readonly app: INestApplication;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an application; `prepare` may set it up before it does (pipes, prefixes, versions). */
export async function startApplication(
  metadata: ModuleMetadata,
  prepare: (app: INestApplication) => void = () => {},
): Promise<RunningApplication> {
  const moduleRef = await Test.createTestingModule(metadata).compile();
  const app = moduleRef.createNestApplication({ logger: false });
  prepare(app);
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}`, close: () => app.close() };
}
