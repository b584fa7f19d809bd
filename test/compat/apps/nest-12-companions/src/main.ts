import { NestFactory } from '@nestjs/core';
import { CompanionsModule } from './companions.module.js';
import { createDocument } from './docs.js';

async function bootstrap() {
  const app = await NestFactory.create(CompanionsModule);
  app.enableShutdownHooks();
  createDocument(app);
  await app.listen(process.env.PORT ?? 3000);
  console.log(`Listening at ${await app.getUrl()}`);
}
await bootstrap();
