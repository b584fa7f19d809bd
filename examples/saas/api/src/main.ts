import { NestFactory } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { AppModule } from './app.module.js';
import { createMcpServer } from './mcp/mcp-server.js';

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
app.connectMicroservice({ strategy: createMcpServer() });
await app.startAllMicroservices();
if (process.env.NODE_ENV !== 'production') {
  const config = new DocumentBuilder().setTitle('Projects and tasks').build();
  const document = PropelAuthSwagger.createDocument(app, config, {
    oauth2: { clientId: process.env.PROPELAUTH_OAUTH_CLIENT_ID ?? 'swagger-ui' },
  });
  PropelAuthSwagger.setup('docs', app, document);
}
await app.listen(process.env.API_PORT ?? 3001);
