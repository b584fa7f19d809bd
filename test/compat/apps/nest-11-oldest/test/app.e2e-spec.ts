import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { AppModule } from './../src/app.module';
import { listen } from './http';
import { promises } from './promises';

describe('The application', () => {
  let app: INestApplication;

  beforeAll(async () => {
    app = await listen(async () => {
      const moduleFixture = await Test.createTestingModule({ imports: [AppModule] }).compile();
      return moduleFixture.createNestApplication();
    });
  });

  for (const [name, keep] of Object.entries(promises)) it(name, () => keep(app));

  afterAll(() => app.close());
});
