import { NestFactory } from '@nestjs/core';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule);
const config = new DocumentBuilder().setTitle('Reports').build();
PropelAuthSwagger.setup('docs', app, PropelAuthSwagger.createDocument(app, config));
await app.listen(process.env.PORT ?? 3000);
