import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';

export async function start(module: Type): Promise<void> {
  const app = await NestFactory.create(module);
  const config = new DocumentBuilder().setTitle('Reports').build();
  PropelAuthSwagger.setup('docs', app, PropelAuthSwagger.createDocument(app, config));
  await app.listen(process.env.PORT ?? 3000);
}
