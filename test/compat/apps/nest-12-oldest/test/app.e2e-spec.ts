import { after, before, describe, it } from 'node:test';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { AppModule } from './../src/app.module';
import { listen } from './http';
import { promises } from './promises';

void describe('The application', () => {
  let app: INestApplication;

  before(async () => {
    app = await listen(async () => {
      const moduleFixture = await Test.createTestingModule({ imports: [AppModule] }).compile();
      return moduleFixture.createNestApplication();
    });
  });

  for (const [name, keep] of Object.entries(promises)) void it(name, () => keep(app));

  after(() => app.close());
});
