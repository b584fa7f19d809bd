import { after, before, describe, it } from 'node:test';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { listen } from './http';
import { neighbourPromises } from './neighbour-promises';

for (const { module, name, keep } of neighbourPromises) {
  void describe('With other libraries', () => {
    let app: INestApplication;

    before(async () => {
      app = await listen(async () => {
        const moduleFixture = await Test.createTestingModule({ imports: [module] }).compile();
        return moduleFixture.createNestApplication();
      });
    });

    void it(name, () => keep(app));

    after(() => app.close());
  });
}
