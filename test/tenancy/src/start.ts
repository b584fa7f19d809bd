import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';

export async function start(module: Type): Promise<void> {
  const app = await NestFactory.create(module);
  app.enableShutdownHooks();
  app.connectMicroservice<MicroserviceOptions>(
    {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: Number(process.env.MESSAGES_PORT ?? 3001) },
    },
    // Without it, the global guard of requireUserByDefault does not reach message handlers.
    { inheritAppConfig: true },
  );
  await app.startAllMicroservices();
  await app.listen(process.env.PORT ?? 3000);
}
