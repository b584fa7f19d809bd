import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createMcpServer } from './mcp-server.js';

export async function start(module: Type, port: number): Promise<void> {
  const app = await NestFactory.create(module);
  app.connectMicroservice({ strategy: createMcpServer() });
  await app.startAllMicroservices();
  await app.listen(port);
}
