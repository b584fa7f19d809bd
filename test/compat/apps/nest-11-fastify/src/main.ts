import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { createDocument } from './docs';

async function bootstrap() {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());
  app.enableShutdownHooks();
  createDocument(app);
  await app.listen(process.env.PORT ?? 3000);
  console.log(`Listening at ${await app.getUrl()}`);
}
void bootstrap();
