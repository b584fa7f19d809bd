import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { createMcpServer } from './mcp-server.js';

const app = await NestFactory.create(AppModule);
app.connectMicroservice({ strategy: createMcpServer() });
await app.startAllMicroservices();
await app.listen(process.env.PORT ?? 3000);
