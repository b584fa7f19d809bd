import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { AppModule } from './../src/app.module.js';
import { listen } from './http.js';
import { promises } from './promises.js';

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
