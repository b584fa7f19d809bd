import { NestFactory } from '@nestjs/core';
import { TransportsModule } from './transports.module.js';
import { createDocument } from './docs.js';

async function bootstrap() {
  const app = await NestFactory.create(TransportsModule);
  app.enableShutdownHooks();
  createDocument(app);
  await app.listen(process.env.PORT ?? 3000);
  console.log(`Listening at ${await app.getUrl()}`);
}
await bootstrap();
