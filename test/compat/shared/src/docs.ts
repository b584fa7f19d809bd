import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';

export function createDocument(app: INestApplication) {
  return PropelAuthSwagger.createDocument(app, new DocumentBuilder().build());
}
