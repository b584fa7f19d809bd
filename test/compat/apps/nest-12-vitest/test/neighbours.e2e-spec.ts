import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { listen } from './http.js';
import { neighbourPromises } from './neighbour-promises.js';

for (const { module, name, keep } of neighbourPromises) {
  describe('With other libraries', () => {
    let app: INestApplication;

    beforeAll(async () => {
      app = await listen(async () => {
        const moduleFixture = await Test.createTestingModule({ imports: [module] }).compile();
        return moduleFixture.createNestApplication();
      });
    });

    it(name, () => keep(app));

    afterAll(() => app.close());
  });
}
