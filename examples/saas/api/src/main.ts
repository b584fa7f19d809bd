import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { AppModule } from './app.module.js';
import { createMcpServer } from './mcp/mcp-server.js';

const app = await NestFactory.create<NestExpressApplication>(AppModule);
app.set('trust proxy', Number(process.env.TRUST_PROXY ?? 0)); // how many proxies add to X-Forwarded-For
app.enableShutdownHooks();
app.connectMicroservice({ strategy: createMcpServer() });
await app.startAllMicroservices();
if (process.env.NODE_ENV !== 'production') {
  const config = new DocumentBuilder().setTitle('Projects and tasks').build();
  PropelAuthSwagger.setup('docs', app, PropelAuthSwagger.createDocument(app, config));
}
await app.listen(process.env.API_PORT ?? 3001);
