import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { createEmulator, overridePropelAuth } from 'nestjs-propelauth/testing';
import { AppModule } from './app.module.js';
import { createMcpServer } from './mcp/mcp-server.js';

export const emulator = await createEmulator({ seed: '../propelauth.emulator.json' });

/** Starts the application with an emulator in memory. */
export async function startApp(): Promise<INestApplication> {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const moduleRef = await overridePropelAuth(builder, { emulator }).compile();
  const app = moduleRef.createNestApplication({ logger: ['error'] });
  app.connectMicroservice({ strategy: createMcpServer() });
  await app.startAllMicroservices();
  return app.init();
}
